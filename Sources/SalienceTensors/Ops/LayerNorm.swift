/// y = (s - mean(s)) / sqrt(var(s) + ε) * γ + β with s = x, or x + residual; population variance over the width.
///
/// Outputs: y; the normalised rows before γ and β; 1 / sqrt(var + ε), one per row. Reference: arXiv 1607.06450.
public struct LayerNorm: Operation {
  public let gamma: Parameter
  /// nil for none.
  public let beta: Parameter?
  public let epsilon: Float

  public var name: String { "layer_norm" }
  public var parameters: [Parameter] { [gamma] + (beta.map { [$0] } ?? []) }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 1...2)
    if inputs.count == 2 { try expectEqual(inputs[0], inputs[1]) }
    guard gamma.shape == [inputs[0].width], beta.map({ $0.shape == gamma.shape }) ?? true else {
      throw TensorError(.shape, "\(gamma) \(gamma.shape) does not fit \(inputs[0])")
    }
    return [inputs[0], inputs[0], ValueShape(inputs[0].rows, 1)]
  }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    let dx = try plan.apply(LayerNormGradient(gamma: gamma), [gradient, outputs[1], outputs[2]])[0]
    return inputs.map { _ in dx }
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.layerNorm(
      inputs[0], residual: inputs.dropFirst().first, gamma: gamma, beta: beta, epsilon: epsilon,
      output: primary(outputs), normalized: outputs[1], inverseDeviation: outputs[2])
  }
}

/// dx = r (g - mean(g) - n mean(g n)) with g = dy γ, n the normalised row, r its inverse deviation.
///
/// Inputs: dy, n and r; dy and r where the deviation is held.
public struct LayerNormGradient: Operation {
  public let gamma: Parameter
  /// Whether r is a constant: dx = r (g - mean(g)).
  public var holdsDeviation = false

  public var name: String { "layer_norm_backward" }
  public var parameters: [Parameter] { [gamma] }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, holdsDeviation ? 2...2 : 3...3)
    if !holdsDeviation { try expectEqual(inputs[0], inputs[1]) }
    return [inputs[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.layerNormGradient(
      inputs[0], normalized: holdsDeviation ? nil : inputs[1], inverseDeviation: inputs[inputs.count - 1],
      gamma: gamma, output: primary(outputs))
  }
}

public protocol LayerNormKernels {
  func layerNorm(
    _ x: Handle, residual: Handle?, gamma: Parameter, beta: Parameter?, epsilon: Float,
    output: Handle, normalized: Handle?, inverseDeviation: Handle?) throws

  /// - Parameter normalized: nil where the deviation is held.
  func layerNormGradient(
    _ gradient: Handle, normalized: Handle?, inverseDeviation: Handle, gamma: Parameter, output: Handle) throws
}

extension Plan {
  public mutating func layerNorm(
    _ x: ValueID, residual: ValueID? = nil, gamma: Parameter, beta: Parameter?, epsilon: Float
  ) throws -> ValueID {
    try apply(
      LayerNorm(gamma: gamma, beta: beta, epsilon: epsilon), [x] + (residual.map { [$0] } ?? []))[0]
  }
}
