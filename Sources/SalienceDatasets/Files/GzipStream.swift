import CZlib

/// Decompresses a gzip file of one or more members (RFC 1952) in buffers of fixed size.
final class GzipStream: ByteStream {
  private let file: FileStream
  private let input: UnsafeMutableRawBufferPointer
  private let state: UnsafeMutablePointer<z_stream>
  /// Bytes of the file that were read so far.
  private var fileOffset = 0
  private var isInsideMember = true
  private var limit = ExpansionLimit()
  /// What stopped decompression, kept until the bytes before it are delivered.
  private var fault: DatasetError?

  init(_ file: FileStream, chunkSize: Int) throws {
    self.file = file
    input = .allocate(byteCount: chunkSize, alignment: 1)
    state = .allocate(capacity: 1)
    state.initialize(to: z_stream())
    // 15 bits is the largest window; 16 more ask for a gzip header and check its CRC.
    guard inflateInit2_(state, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw DatasetError(.io, "cannot start gzip decompression", file: file.path)
    }
  }

  deinit {
    inflateEnd(state)
    state.deallocate()
    input.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if let fault { throw fault }
    state.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    state.pointee.avail_out = UInt32(buffer.count)
    do {
      while state.pointee.avail_out == buffer.count, try step() {}
    } catch let error as DatasetError {
      fault = error
      if state.pointee.avail_out == buffer.count { throw error }
    }
    let count = buffer.count - Int(state.pointee.avail_out)
    try limit.add(count, consumed: fileOffset, file: file.path)
    return count
  }

  /// Decompresses once; false at the end of the file.
  private func step() throws -> Bool {
    if state.pointee.avail_in == 0 {
      let count = try file.read(into: input)
      if count == 0 {
        if isInsideMember { throw damage("truncated gzip data") }
        return false
      }
      fileOffset += count
      state.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
      state.pointee.avail_in = UInt32(count)
    }
    if !isInsideMember {
      // Tapes and tools pad files with zeros, which no member begins with.
      while state.pointee.avail_in > 0, state.pointee.next_in.pointee == 0 {
        state.pointee.next_in += 1
        state.pointee.avail_in -= 1
      }
      if state.pointee.avail_in == 0 { return true }
      inflateReset(state)
      isInsideMember = true
    }
    switch inflate(state, Z_NO_FLUSH) {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END: isInsideMember = false
    default: throw damage("damaged gzip data")
    }
    return true
  }

  private func damage(_ what: String) -> DatasetError {
    DatasetError(
      .damaged, "\(what) at byte \(fileOffset - Int(state.pointee.avail_in)) of the compressed file", file: file.path)
  }
}
