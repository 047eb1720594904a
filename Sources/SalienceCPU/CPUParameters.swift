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

  convenience init(_ programs: [PathProgram], source: any ParameterSource, precision: Precision) throws {
    try self.init(operations: programs.flatMap(\.operations), source: source, precision: precision)
  }

  init(operations: [any Operation], source: any ParameterSource, precision: Precision) throws {
    let library = try OneDNN()
    var plain: [Parameter: AlignedBuffer] = [:]
    var packed: [PackedKey: PackedWeight] = [:]
    var wanted: [Parameter: Set<PackedWeight.Direction>] = [:]
    for operation in operations {
      switch operation {
      case let linear as Linear:
        wanted[linear.weight, default: []].insert(.forward)
        if let bias = linear.bias, plain[bias] == nil { plain[bias] = try AlignedBuffer(bias.load(from: source)) }
      case let gradient as LinearInputGradient:
        wanted[gradient.weight, default: []].insert(.backward)
      default:
        for parameter in operation.parameters where plain[parameter] == nil {
          plain[parameter] = try AlignedBuffer(parameter.load(from: source))
        }
      }
    }
    for (parameter, directions) in wanted {
      let weight = try AlignedBuffer(parameter.load(from: source))
      for direction in directions {
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
