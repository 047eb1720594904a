import SalienceTensors

/// The named tensors of one or several safetensors files.
public struct SafetensorsParameters: ParameterSource {
  private struct Location: Sendable {
    let file: CheckpointFile
    let entry: TensorEntry

    /// Reads the tensor's bytes 256 KiB at a time, each with its offset in the tensor.
    func forEachChunk(
      of name: String, _ body: (_ chunk: UnsafeRawBufferPointer, _ offset: Int) throws -> Void
    ) throws {
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: min(entry.range.count, 1 << 18), alignment: 16)
      defer { buffer.deallocate() }
      for start in stride(from: 0, to: entry.range.count, by: 1 << 18) {
        let chunk = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(entry.range.count - start))
        try file.read(from: entry.range.lowerBound + start, into: chunk, tensor: name)
        try body(UnsafeRawBufferPointer(chunk), start)
      }
    }
  }

  private let locations: [String: Location]

  /// Opens the files and checks their headers; data is read only when asked for, a tensor at a time.
  ///
  /// - Parameters:
  ///   - files: paths of safetensors files.
  ///   - assignment: the file that holds each tensor, as an index of shards says. Tensors that it does not name are
  ///     taken from whatever file holds them, so that none goes unnoticed; nil takes every tensor so.
  /// - Throws: `CheckpointError`: `missing` for a file that is not there, `invalid` for a damaged one, for a tensor
  ///   that stands in two files, and for one that its assigned file lacks.
  public init(files: [String], assignment: [String: String]? = nil) throws {
    var locations: [String: Location] = [:]
    for path in files {
      let file = try CheckpointFile(path: path)
      let header = try SafetensorsHeader(file)
      for (name, entry) in header.tensors {
        if let assigned = assignment?[name], assigned != path { continue }
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
    switch type {
    case .float32:
      try location.file.read(
        from: location.entry.range.lowerBound, into: UnsafeMutableRawBufferPointer(destination), tensor: name)
      FloatWidening.float32(inPlace: destination)
    case .float16:
      try location.forEachChunk(of: name) { FloatWidening.float16($0, into: destination.part(from: $1 / 2, of: $0)) }
    case .bfloat16:
      try location.forEachChunk(of: name) { FloatWidening.bfloat16($0, into: destination.part(from: $1 / 2, of: $0)) }
    }
  }

  /// Checks that the named tensors hold neither NaN nor infinity.
  ///
  /// - Throws: `CheckpointError` `invalid` naming the first such tensor and the index of its first such element.
  public func validateFinite(_ names: some Sequence<String>) throws {
    for name in names {
      let (location, type) = try floats(name)
      var index: Int?
      try location.forEachChunk(of: name) { chunk, offset in
        guard index == nil else { return }
        index =
          switch type {
          case .float32: Self.firstIndex(in: chunk, withAllOnes: UInt32(0x7F80_0000)).map { $0 + offset / 4 }
          case .float16: Self.firstIndex(in: chunk, withAllOnes: UInt16(0x7C00)).map { $0 + offset / 2 }
          case .bfloat16: Self.firstIndex(in: chunk, withAllOnes: UInt16(0x7F80)).map { $0 + offset / 2 }
          }
      }
      if let index {
        throw CheckpointError(
          .invalid, "NaN or infinity at element \(index)", file: location.file.path, tensor: name)
      }
    }
  }

  /// Whether two tensors are of one type and shape and hold the same bytes.
  ///
  /// - Throws: `CheckpointError` for one that cannot be read.
  public func areEqual(_ first: String, _ second: String) throws -> Bool {
    let ((one, oneType), (other, otherType)) = (try floats(first), try floats(second))
    guard oneType == otherType, one.entry.shape == other.entry.shape else { return false }
    var areEqual = true
    var buffer: [UInt8] = []
    try one.forEachChunk(of: first) { chunk, offset in
      guard areEqual else { return }
      if buffer.count != chunk.count { buffer = [UInt8](repeating: 0, count: chunk.count) }
      areEqual = try buffer.withUnsafeMutableBytes { bytes in
        try other.file.read(from: other.entry.range.lowerBound + offset, into: bytes, tensor: second)
        return bytes.elementsEqual(chunk)
      }
    }
    return areEqual
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

extension UnsafeMutableBufferPointer<Float> {
  /// The elements from `start` on that a chunk of 16-bit numbers fills.
  fileprivate func part(from start: Int, of chunk: UnsafeRawBufferPointer) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(rebasing: self[start..<start + chunk.count / 2])
  }
}
