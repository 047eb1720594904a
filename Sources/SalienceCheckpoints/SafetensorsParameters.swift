import SalienceTensors

/// The named tensors of one or several memory-mapped safetensors files.
public struct SafetensorsParameters: ParameterSource {
  private struct Location: Sendable {
    let file: MappedFile
    let entry: TensorEntry
  }

  private let locations: [String: Location]

  /// Maps the files and checks their headers; data is read only when asked for.
  ///
  /// - Parameters:
  ///   - files: paths of safetensors files.
  ///   - assignment: the file that holds each tensor, as an index of shards says; nil takes every tensor of every file.
  /// - Throws: `CheckpointError`: `missing` for a file that is not there, `invalid` for a damaged one, for a tensor
  ///   that stands in two files, and for one that its assigned file lacks.
  public init(files: [String], assignment: [String: String]? = nil) throws {
    var locations: [String: Location] = [:]
    for path in files {
      let file = try MappedFile(path: path)
      let header = try SafetensorsHeader(file: file.bytes, path: path)
      for (name, entry) in header.tensors {
        if let assignment, assignment[name] != path { continue }
        if let other = locations.updateValue(Location(file: file, entry: entry), forKey: name) {
          throw CheckpointError(.invalid, "stands in \(other.file.path) too", file: path, tensor: name)
        }
      }
    }
    for (name, path) in (assignment ?? [:]).sorted(by: { $0.key < $1.key }) where locations[name] == nil {
      throw CheckpointError(.invalid, "the index says it is here, but it is not", file: path, tensor: name)
    }
    self.locations = locations
  }

  /// Every tensor's name, sorted.
  public var names: [String] { locations.keys.sorted() }

  public func shape(of name: String) -> [Int]? { locations[name]?.entry.shape }

  /// The element type in the file, or nil where there is no such tensor or it is of a type that cannot be read.
  public func storedType(of name: String) -> DType? { (locations[name]?.entry.storedType).flatMap(DType.init) }

  public func read(_ name: String, into destination: UnsafeMutableBufferPointer<Float>) throws {
    let (location, type) = try floats(name)
    guard destination.count == location.entry.count else {
      throw CheckpointError(
        .invalid, "has \(location.entry.count) elements, \(destination.count) are asked for", file: location.file.path,
        tensor: name)
    }
    withExtendedLifetime(location.file) {
      let source = UnsafeRawBufferPointer(rebasing: location.file.bytes[location.entry.range])
      switch type {
      case .float32: FloatWidening.float32(source, into: destination)
      case .float16: FloatWidening.float16(source, into: destination)
      case .bfloat16: FloatWidening.bfloat16(source, into: destination)
      }
    }
  }

  /// Checks that the named tensors hold neither NaN nor infinity.
  ///
  /// - Throws: `CheckpointError` `invalid` naming the first such tensor and the index of its first such element.
  public func validateFinite(_ names: some Sequence<String>) throws {
    for name in names {
      let (location, type) = try floats(name)
      let index = withExtendedLifetime(location.file) {
        let bytes = UnsafeRawBufferPointer(rebasing: location.file.bytes[location.entry.range])
        return switch type {
        case .float32: Self.firstIndex(in: bytes, withAllOnes: UInt32(0x7F80_0000))
        case .float16: Self.firstIndex(in: bytes, withAllOnes: UInt16(0x7C00))
        case .bfloat16: Self.firstIndex(in: bytes, withAllOnes: UInt16(0x7F80))
        }
      }
      if let index {
        throw CheckpointError(
          .invalid, "NaN or infinity at element \(index)", file: location.file.path, tensor: name)
      }
    }
  }

  /// An exponent of ones alone marks NaN and infinity in every IEEE format.
  private static func firstIndex<Bits: FixedWidthInteger>(
    in bytes: UnsafeRawBufferPointer, withAllOnes exponent: Bits
  ) -> Int? {
    let size = MemoryLayout<Bits>.size
    for index in 0..<bytes.count / size {
      let bits = Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: size * index, as: Bits.self))
      if bits & exponent == exponent { return index }
    }
    return nil
  }

  private func floats(_ name: String) throws -> (Location, DType) {
    guard let location = locations[name] else {
      throw CheckpointError(.invalid, "the checkpoint has no such tensor", tensor: name)
    }
    guard let type = DType(rawValue: location.entry.storedType) else {
      throw CheckpointError(
        .unsupported, "elements of type \(location.entry.storedType) cannot be read as weights",
        file: location.file.path, tensor: name)
    }
    return (location, type)
  }
}
