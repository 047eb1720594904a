/// y = x - max(x) - ln Σ exp(x - max(x)) over each row: logarithms of probabilities.
public struct LogSoftmax: Operation {
  public var name: String { "log_softmax" }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 1...1)
    return [inputs[0]]
  }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    [try plan.apply(LogSoftmaxGradient(), [gradient, outputs[0]])[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.logSoftmax(inputs[0], output: primary(outputs))
  }
}

/// dx = dy - exp(y) Σ dy over each row, y the logarithms of the probabilities.
///
/// Where a probability is above 1/2, float32 kernels write dx as exp(y)'s complement has it: with the sums over all other
/// columns, dx = Σ dy · Σ exp(y) - Σ dy of these. Near 1 the digits of 1 - exp(y) are lost otherwise.
public struct LogSoftmaxGradient: Operation {
  public var name: String { "log_softmax_backward" }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 2...2)
    try expectEqual(inputs[0], inputs[1])
    return [inputs[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.logSoftmaxGradient(inputs[0], logarithms: inputs[1], output: primary(outputs))
  }
}

public protocol LogSoftmaxKernels {
  func logSoftmax(_ x: Handle, output: Handle) throws
  func logSoftmaxGradient(_ gradient: Handle, logarithms: Handle, output: Handle) throws
}

extension Plan {
  public mutating func logSoftmax(_ x: ValueID) throws -> ValueID { try apply(LogSoftmax(), [x])[0] }
}
