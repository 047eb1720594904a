/// y = a + b.
public struct Add: Operation {
  public var name: String { "add" }
  public var linearity: Linearity { .linear }
  public var isElementwise: Bool { true }
  public var finish: ProductFinish? { .epilogue(.add) }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 2...2)
    try expectEqual(inputs[0], inputs[1])
    return [inputs[0]]
  }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] { [gradient, gradient] }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.add(inputs[0], inputs[1], output: primary(outputs))
  }
}

/// y = a * b, element by element.
public struct Multiply: Operation {
  public var name: String { "multiply" }
  public var isElementwise: Bool { true }
  public var finish: ProductFinish? { .epilogue(.multiply) }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 2...2)
    try expectEqual(inputs[0], inputs[1])
    return [inputs[0]]
  }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    [try plan.multiply(gradient, inputs[1]), try plan.multiply(gradient, inputs[0])]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.multiply(inputs[0], inputs[1], output: primary(outputs))
  }
}

public protocol ElementwiseKernels {
  func add(_ a: Handle, _ b: Handle, output: Handle) throws
  func multiply(_ a: Handle, _ b: Handle, output: Handle) throws
}

extension Plan {
  public mutating func add(_ a: ValueID, _ b: ValueID) throws -> ValueID { try apply(Add(), [a, b])[0] }
  public mutating func multiply(_ a: ValueID, _ b: ValueID) throws -> ValueID { try apply(Multiply(), [a, b])[0] }
}
