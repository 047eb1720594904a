import SalienceTensors

/// A model's weights as the CPU reads them: matrices packed for their products, everything else as it is.
final class CPUParameters: Sendable {
  private struct PackedKey: Hashable {
    let parameter: Parameter
    let direction: PackedWeight.Direction
  }

  /// Of matrix products.
  let precision: Precision
  private let plain: [Parameter: AlignedBuffer]
  private let packed: [PackedKey: PackedWeight]

  init(operations: [any Operation], source: any ParameterSource, precision: Precision) throws {
    let library = try OneDNN()
    var plain: [Parameter: AlignedBuffer] = [:]
    var packed: [PackedKey: PackedWeight] = [:]
    let roles = ParameterRoles(operations)
    for parameter in roles.plain { plain[parameter] = try AlignedBuffer(parameter.load(from: source)) }
    for parameter in roles.forward.union(roles.backward) {
      let weight = try AlignedBuffer(parameter.load(from: source))
      for direction in roles.directions(of: parameter) {
        packed[PackedKey(parameter: parameter, direction: direction)] = try PackedWeight(
          weight.pointer, shape: parameter.shape, direction: direction, precision: precision, using: library)
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

  func weight(_ parameter: Parameter, _ direction: PackedWeight.Direction) throws -> PackedWeight {
    guard let weight = packed[PackedKey(parameter: parameter, direction: direction)] else {
      throw TensorError(.backend, "\(parameter) was not packed")
    }
    return weight
  }
}
