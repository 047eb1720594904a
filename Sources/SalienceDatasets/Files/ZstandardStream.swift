import CZstd

/// Decompresses a Zstandard file of one or more frames (RFC 8878) in buffers of fixed size.
///
/// The library refuses windows over 128 MB, so no frame can make it take more.
final class ZstandardStream: ByteStream {
  private let file: FileStream
  private let buffer: UnsafeMutableRawBufferPointer
  private let state: OpaquePointer
  private var input: ZSTD_inBuffer
  /// Bytes of the file that were read so far.
  private var fileOffset = 0
  private var isInsideFrame = true
  private var limit = ExpansionLimit()
  /// What stopped decompression, kept until the bytes before it are delivered.
  private var fault: DatasetError?

  init(_ file: FileStream, chunkSize: Int) throws {
    guard let state = ZSTD_createDStream() else {
      throw DatasetError(.io, "cannot start Zstandard decompression", file: file.path)
    }
    self.file = file
    self.state = state
    buffer = .allocate(byteCount: chunkSize, alignment: 1)
    input = ZSTD_inBuffer(src: buffer.baseAddress, size: 0, pos: 0)
  }

  deinit {
    ZSTD_freeDStream(state)
    buffer.deallocate()
  }

  func read(into destination: UnsafeMutableRawBufferPointer) throws -> Int {
    if let fault { throw fault }
    var output = ZSTD_outBuffer(dst: destination.baseAddress, size: destination.count, pos: 0)
    do {
      while output.pos == 0, try step(&output) {}
    } catch let error as DatasetError {
      fault = error
      if output.pos == 0 { throw error }
    }
    try limit.add(output.pos, consumed: fileOffset, file: file.path)
    return output.pos
  }

  /// Decompresses once; false at the end of the file.
  private func step(_ output: inout ZSTD_outBuffer) throws -> Bool {
    var isAtEnd = false
    if input.pos == input.size {
      let count = try file.read(into: buffer)
      isAtEnd = count == 0
      if isAtEnd, !isInsideFrame { return false }
      fileOffset += count
      input.size = count
      input.pos = 0
    }
    // At the end it may still hold output that did not fit before.
    let remaining = ZSTD_decompressStream(state, &output, &input)
    guard ZSTD_isError(remaining) == 0 else {
      throw damage("damaged Zstandard data (\(String(cString: ZSTD_getErrorName(remaining))))")
    }
    isInsideFrame = remaining != 0
    if isAtEnd, isInsideFrame, output.pos == 0 { throw damage("truncated Zstandard data") }
    return true
  }

  private func damage(_ what: String) -> DatasetError {
    DatasetError(
      .damaged, "\(what) at byte \(fileOffset - input.size + input.pos) of the compressed file", file: file.path)
  }
}
