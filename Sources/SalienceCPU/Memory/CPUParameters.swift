import SalienceKernelsC
import SalienceTensors

/// A model's weights as the CPU reads them: matrices packed for their products, everything else as it is.
final class CPUParameters: Sendable {
  /// Of matrix products whose operands are rounded.
  let precision: Precision
  private let plain: [Parameter: AlignedBuffer]
  private let packed: [ParameterRoles.Factor: PackedWeight]
  private let heads: [ParameterRoles.HeadFactor: AlignedBuffer]

  init(operations: [any Operation], source: any ParameterSource, precision: Precision) throws {
    let library = try OneDNN()
    var plain: [Parameter: AlignedBuffer] = [:]
    var packed: [ParameterRoles.Factor: PackedWeight] = [:]
    var heads: [ParameterRoles.HeadFactor: AlignedBuffer] = [:]
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
    for (parameter, factors) in Dictionary(grouping: roles.headFactors, by: \.parameter) {
      let weight = try parameter.load(from: source)
      for factor in factors {
        let buffer = try AlignedBuffer(count: factor.count)
        salience_head_projection_pack(
          weight, factor.heads, factor.rows, factor.columns, factor.isTransposed ? 1 : 0, buffer.pointer)
        heads[factor] = buffer
      }
    }
    self.precision = precision
    self.heads = heads
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

  /// A weight's parts, one per head, packed one after another.
  func headMatrices(_ parameter: Parameter, heads count: Int, isTransposed: Bool) throws -> AlignedBuffer {
    let factor = ParameterRoles.HeadFactor(parameter: parameter, heads: count, isTransposed: isTransposed)
    guard let buffer = heads[factor] else { throw TensorError(.backend, "\(parameter) was not packed for its heads") }
    return buffer
  }
}
