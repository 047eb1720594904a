import SalienceTensors

/// A model's weights on a device, uploaded once: row-major as the checkpoint stores them, the matrices of products in
/// the precision of those, everything else in float32.
final class VulkanParameters: @unchecked Sendable {
  // Unchecked: immutable after init.
  /// A product's weight.
  struct Matrix {
    let range: BufferRange
    /// What sums over its elements are multiplied with.
    let scale: Float
    let precision: Precision
  }

  /// Of matrix products whose operands are rounded.
  let precision: Precision
  private let pieces: [Parameter: MemoryArena.Piece]
  /// Weights in that precision; empty in float32.
  private let matrices: [Parameter: (piece: MemoryArena.Piece, scale: Float)]

  /// Bytes a copy to the device carries at most.
  private static let chunk = 8 << 20

  /// - Throws: what `source` throws, or `VulkanError`.
  init(
    _ parameters: SortedParameters, source: any ParameterSource, precision: Precision, recorder: CommandRecorder
  ) throws {
    func upload<Element>(_ values: [Element]) throws -> MemoryArena.Piece {
      let piece = try recorder.memory.device.take(bytes: values.count * MemoryLayout<Element>.stride)
      try values.withUnsafeBytes { try Self.copy($0, to: BufferRange(piece), recorder) }
      return piece
    }
    var pieces: [Parameter: MemoryArena.Piece] = [:]
    var matrices: [Parameter: (piece: MemoryArena.Piece, scale: Float)] = [:]
    for parameter in precision == .f32 ? parameters.all : parameters.plain {
      pieces[parameter] = try upload(parameter.load(from: source))
    }
    for parameter in precision == .f32 ? [] : parameters.matrices {
      let matrix = HalfPrecisionMatrix(try parameter.load(from: source), precision: precision)
      matrices[parameter] = (try upload(matrix.words), matrix.scale)
    }
    try recorder.finish()
    self.precision = precision
    self.pieces = pieces
    self.matrices = matrices
  }

  /// The parameter's elements in float32.
  func range(_ parameter: Parameter) throws -> BufferRange {
    guard let piece = pieces[parameter] else { throw TensorError(.backend, "\(parameter) was not loaded") }
    return BufferRange(piece, size: max(4, parameter.count * MemoryLayout<Float>.stride))
  }

  func matrix(_ weight: Parameter, isRounded: Bool) throws -> Matrix {
    guard isRounded, precision != .f32 else { return Matrix(range: try range(weight), scale: 1, precision: .f32) }
    guard let matrix = matrices[weight] else { throw TensorError(.backend, "\(weight) was not loaded") }
    return Matrix(
      range: BufferRange(matrix.piece, size: max(4, (weight.count + 1) / 2 * 4)), scale: matrix.scale,
      precision: precision)
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
