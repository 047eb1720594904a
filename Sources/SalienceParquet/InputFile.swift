#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that is read at any position, by several threads at once if need be.
final class InputFile: Sendable {
  let path: String
  let size: Int64
  private let descriptor: Int32

  init(path: String) throws(ParquetError) {
    let opened = open(path, O_RDONLY | O_CLOEXEC)
    guard opened >= 0 else { throw ParquetError(.cannotRead, "cannot be opened", file: path, cause: errno) }
    var status = stat()
    guard fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      _ = close(opened)
      throw ParquetError(.cannotRead, "is no regular file", file: path)
    }
    self.path = path
    descriptor = opened
    size = Int64(status.st_size)
  }

  deinit {
    _ = close(descriptor)
  }

  /// Exactly `count` bytes from `offset` on; the range is checked against the file's size before memory is taken.
  func read(at offset: Int64, count: Int64) throws(ParquetError) -> [UInt8] {
    guard offset >= 0, count >= 0, offset <= size, count <= size - offset, let length = Int(exactly: count) else {
      let message = "\(count) bytes are claimed here, but the file has \(size)"
      throw ParquetError(.corrupt, message, file: path, offset: offset)
    }
    var failure: Int32?
    let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, done in
      done = 0
      while done < length {
        let got = pread(descriptor, buffer.baseAddress.map { $0 + done }, length - done, off_t(offset) + off_t(done))
        if got < 0, errno == EINTR { continue }
        if got < 0 { failure = errno }
        if got <= 0 { break }
        done += got
      }
    }
    if let failure { throw ParquetError(.cannotRead, "cannot be read", file: path, offset: offset, cause: failure) }
    guard bytes.count == length else {
      throw ParquetError(.corrupt, "the file became shorter while it was read", file: path, offset: offset)
    }
    return bytes
  }
}
