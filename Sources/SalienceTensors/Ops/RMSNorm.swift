/// y = s / sqrt(mean(s²) + ε) * γ with s = x, or x + residual; the mean is over the row, or over each group of columns.
///
/// γ spans whole groups; columns past it pass through. Outputs: y; 1 / sqrt(mean + ε), one per group; s where there is a
/// residual. Reference: arXiv 1910.07467.
public struct RMSNorm: Operation {
  public let gamma: Parameter
  public let groups: NormGroups
  public let epsilon: Float

  public var name: String { "rms_norm" }
  public var parameters: [Parameter] { [gamma] }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 1...2)
    if inputs.count == 2 { try expectEqual(inputs[0], inputs[1]) }
    guard groups.count > 0, gamma.shape == [groups.width], groups.width <= inputs[0].width else {
      throw TensorError(.shape, "\(gamma) \(gamma.shape) in groups of \(groups.size) does not fit \(inputs[0])")
    }
    return [inputs[0], ValueShape(inputs[0].rows, groups.count)] + inputs.dropFirst()
  }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    let sum = inputs.count == 2 ? outputs[2] : inputs[0]
    let dx = try plan.apply(RMSNormGradient(gamma: gamma, groups: groups), [gradient, sum, outputs[1]])[0]
    return inputs.map { _ in dx }
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.rmsNorm(
      inputs[0], residual: inputs.dropFirst().first, gamma: gamma, groups: groups, epsilon: epsilon,
      output: primary(outputs), inverseRoot: outputs[1], sum: outputs.count > 2 ? outputs[2] : nil)
  }
}

/// ds = r (g - n mean(g n)) with g = dy γ, r = 1 / sqrt(mean(s²) + ε) and n = s r; ds = dy past γ.
///
/// Inputs: dy, s and r; dy and r where the root is held.
public struct RMSNormGradient: Operation {
  public let gamma: Parameter
  public let groups: NormGroups
  /// Whether r is a constant: ds = r g.
  public var holdsRoot = false

  public var name: String { "rms_norm_backward" }
  public var parameters: [Parameter] { [gamma] }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, holdsRoot ? 2...2 : 3...3)
    if !holdsRoot { try expectEqual(inputs[0], inputs[1]) }
    return [inputs[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.rmsNormGradient(
      inputs[0], sum: holdsRoot ? nil : inputs[1], inverseRoot: inputs[inputs.count - 1], gamma: gamma, groups: groups,
      output: primary(outputs))
  }
}

/// The columns that are normalised: the first `count` times `size` of a row, each group of `size` on its own.
public struct NormGroups: Sendable, Hashable {
  public let count: Int
  public let size: Int

  /// Columns in all.
  public var width: Int { count * size }
}

public protocol RMSNormKernels {
  func rmsNorm(
    _ x: Handle, residual: Handle?, gamma: Parameter, groups: NormGroups, epsilon: Float, output: Handle,
    inverseRoot: Handle?, sum: Handle?) throws

  /// - Parameter sum: nil where the root is held.
  func rmsNormGradient(
    _ gradient: Handle, sum: Handle?, inverseRoot: Handle, gamma: Parameter, groups: NormGroups, output: Handle) throws
}

extension Plan {
  /// Root mean square normalisation of rows, or of groups of columns.
  ///
  /// - Parameters:
  ///   - gamma: as many factors as columns are normalised, from the first on.
  ///   - groupSize: columns that are normalised together; the whole row by default.
  public mutating func rmsNorm(
    _ x: ValueID, residual: ValueID? = nil, gamma: Parameter, groupSize: Int? = nil, epsilon: Float
  ) throws -> ValueID {
    let size = max(1, groupSize ?? shape(of: x).width)
    return try apply(
      RMSNorm(gamma: gamma, groups: NormGroups(count: gamma.count / size, size: size), epsilon: epsilon),
      [x] + (residual.map { [$0] } ?? []))[0]
  }
}
