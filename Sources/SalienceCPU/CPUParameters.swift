import SalienceTensors

/// A model's weights as the CPU reads them: matrices packed for their products, everything else as it is.
final class CPUParameters: Sendable {
  /// Of matrix products whose operands are rounded.
  let precision: Precision
  private let plain: [Parameter: AlignedBuffer]
  private let packed: [ParameterRoles.Factor: PackedWeight]

  init(operations: [any Operation], source: any ParameterSource, precision: Precision) throws {
    let library = try OneDNN()
    var plain: [Parameter: AlignedBuffer] = [:]
    var packed: [ParameterRoles.Factor: PackedWeight] = [:]
    let roles = ParameterRoles(operations, precision: precision)
    for parameter in roles.plain { plain[parameter] = try AlignedBuffer(parameter.load(from: source)) }
    for (parameter, factors) in Dictionary(grouping: roles.factors, by: \.parameter) {
      let weight = try AlignedBuffer(parameter.load(from: source))
      for factor in factors {
        packed[factor] = try PackedWeight(
          weight.pointer, shape: parameter.shape, direction: factor.direction, precision: factor.precision,
          using: library)
      }
    }
    self.precision = precision
    self.plain = plain
    self.packed = packed
  }

  /// A vector or table, row-major.
  func values(_ parameter: Parameter) throws -> UnsafeMutablePointer<Float> {
    guard let buffer = plain[parameter] else { throw TensorError(.backend, "\(parameter) was not loaded") }
    return buffer.pointer
  }

  func weight(
    _ parameter: Parameter, _ direction: PackedWeight.Direction, isRounded: Bool
  ) throws -> PackedWeight {
    let factor = ParameterRoles.Factor(
      parameter: parameter, direction: direction, precision: isRounded ? precision : .f32)
    guard let weight = packed[factor] else {
      throw TensorError(.backend, "\(parameter) was not packed")
    }
    return weight
  }
}
