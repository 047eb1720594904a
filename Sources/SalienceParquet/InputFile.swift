import SalienceFoundation

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
  private let file: OpenFile

  init(path: String) throws(ParquetError) {
    do { file = try OpenFile(path, O_RDONLY) } catch {
      throw ParquetError(.cannotRead, "cannot be opened", file: path, cause: error)
    }
    var status = stat()
    guard fstat(file.descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      try? file.close()
      throw ParquetError(.cannotRead, "is no regular file", file: path)
    }
    self.path = path
    size = Int64(status.st_size)
  }

  deinit {
    try? file.close()
  }

  /// Exactly `count` bytes from `offset` on; the range is checked against the file's size before memory is taken.
  func read(at offset: Int64, count: Int64) throws(ParquetError) -> [UInt8] {
    guard offset >= 0, count >= 0, offset <= size, count <= size - offset, let length = Int(exactly: count) else {
      let message = "\(count) bytes are claimed here, but the file has \(size)"
      throw ParquetError(.corrupt, message, file: path, offset: offset)
    }
    var failure: SystemError?
    let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, done in
      let whole = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: length)
      do throws(SystemError) { done = try file.read(into: whole, at: offset) } catch { failure = error }
    }
    if let failure { throw ParquetError(.cannotRead, "cannot be read", file: path, offset: offset, cause: failure) }
    guard bytes.count == length else {
      throw ParquetError(.corrupt, "the file became shorter while it was read", file: path, offset: offset)
    }
    return bytes
  }
}
