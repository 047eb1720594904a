import SalienceTensors

/// A model's weights on a device: float32, row-major as the checkpoint stores them, uploaded once.
final class VulkanParameters: @unchecked Sendable {
  // Unchecked: immutable after init.
  private let pieces: [Parameter: MemoryArena.Piece]

  /// Bytes a copy to the device carries at most.
  private static let chunk = 8 << 20

  /// - Throws: what `source` throws, or `VulkanError`.
  init(_ parameters: [Parameter], source: any ParameterSource, recorder: CommandRecorder) throws {
    var pieces: [Parameter: MemoryArena.Piece] = [:]
    for parameter in parameters where pieces[parameter] == nil {
      let values = try parameter.load(from: source)
      let piece = try recorder.memory.device.take(bytes: values.count * MemoryLayout<Float>.stride)
      try values.withUnsafeBytes { try Self.copy($0, to: BufferRange(piece), recorder) }
      pieces[parameter] = piece
    }
    try recorder.finish()
    self.pieces = pieces
  }

  /// The parameter's elements.
  func range(_ parameter: Parameter) throws -> BufferRange {
    guard let piece = pieces[parameter] else { throw TensorError(.backend, "\(parameter) was not loaded") }
    return BufferRange(piece, size: max(4, parameter.count * MemoryLayout<Float>.stride))
  }

  /// Each chunk is its own submission: while the device copies one, the host fills the next.
  private static func copy(
    _ bytes: UnsafeRawBufferPointer, to target: BufferRange, _ recorder: CommandRecorder
  ) throws {
    var start = 0
    while start < bytes.count {
      let part = UnsafeRawBufferPointer(rebasing: bytes[start..<min(bytes.count, start + chunk)])
      let (range, mapped) = try recorder.upload(bytes: part.count)
      if let base = part.baseAddress { mapped.copyMemory(from: base, byteCount: part.count) }
      let place = BufferRange(buffer: target.buffer, offset: target.offset + start, size: target.size - start)
      try recorder.copy(range, to: place, bytes: part.count)
      if part.count == chunk { try recorder.flush() }
      start += part.count
    }
  }
}
