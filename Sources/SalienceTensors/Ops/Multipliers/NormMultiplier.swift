/// What a layer norm or a root mean square norm passes back between two rows, so that times their difference it is the
/// difference of the results.
///
/// Both are y = γ n with n = c r and r = 1 / sqrt(mean(c²) + ε), c being the row, less its mean in a layer norm. Then
/// n - n' = a (r - r') + b (c - c') with a = (n + n') / (r + r') and b = 2 r r' / (r + r'), and
/// r - r' = -(r r')² / (r + r') mean((c + c') (c - c')), so that with g = dy γ
///
///     dc = b g - b / 2 mean(g (n + n')) (r' n + r n') / (r + r')
///
/// and dx = dc - mean(dc) in a layer norm; dx = dy past γ. Plain means in place of a and b are as exact, but would let
/// a row near zero, whose r is 1 / sqrt(ε), give every multiplier that size.
///
/// Inputs: dy, the rows and the partner's, r and the partner's. The rows are n of a layer norm and c of the other.
public struct NormMultiplier: Operation {
  public let gamma: Parameter
  public let groups: NormGroups
  /// Whether it is a layer norm.
  public let isCentered: Bool

  public var name: String { "norm_multiplier" }
  public var parameters: [Parameter] { [gamma] }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 5...5)
    try expectEqual(inputs[0], inputs[1])
    try expectEqual(inputs[0], inputs[2])
    try expectEqual(inputs[3], inputs[4])
    guard inputs[3] == ValueShape(inputs[0].rows, groups.count), groups.width <= inputs[0].width,
      !isCentered || groups.width == inputs[0].width, gamma.shape == [groups.width]
    else { throw TensorError(.shape, "\(name) of \(gamma) \(gamma.shape) does not take \(inputs)") }
    return [inputs[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.normMultiplier(
      inputs[0], rows: inputs[1], partner: inputs[2], inverseRoot: inputs[3], partnerRoot: inputs[4], gamma: gamma,
      groups: groups, isCentered: isCentered, output: primary(outputs))
  }
}

public protocol NormMultiplierKernels {
  /// See `NormMultiplier`.
  func normMultiplier(
    _ gradient: Handle, rows: Handle, partner: Handle, inverseRoot: Handle, partnerRoot: Handle, gamma: Parameter,
    groups: NormGroups, isCentered: Bool, output: Handle) throws
}

extension Plan {
  /// What a norm passes back between two rows.
  ///
  /// - Parameter roots: r of the rows and of the partner's.
  mutating func normMultiplier(
    _ gradient: ValueID, rows: ValueID, roots: ValueID, gamma: Parameter, groups: NormGroups, isCentered: Bool
  ) throws -> ValueID {
    try apply(
      NormMultiplier(gamma: gamma, groups: groups, isCentered: isCentered),
      [gradient, rows, partnerRows(rows), roots, partnerRows(roots)])[0]
  }
}
