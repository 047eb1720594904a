#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Bytes that are read once, from the beginning to the end.
protocol ByteStream: AnyObject {
  /// Reads up to `buffer.count` bytes.
  ///
  /// - Returns: how many were read; 0 at the end alone.
  /// - Throws: `DatasetError`, only after every sound byte has been delivered.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// The bytes of a file as it lies on the disk.
final class FileStream: ByteStream {
  let path: String
  private let descriptor: Int32

  init(path: String) throws {
    self.path = path
    var status = stat()
    guard stat(path, &status) == 0 else { throw Self.systemError(path) }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw DatasetError(.missingFile, "a directory, not a file", file: path)
    }
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.systemError(path) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      #if canImport(Glibc)
        let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      #elseif canImport(Musl)
        let count = Musl.read(descriptor, buffer.baseAddress, buffer.count)
      #else
        let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
      #endif
      if count >= 0 { return count }
      if errno != EINTR { throw Self.systemError(path) }
    }
  }

  private static func systemError(_ path: String) -> DatasetError {
    let number = errno
    if number == ENOENT || number == ENOTDIR { return DatasetError(.missingFile, "no such file", file: path) }
    return DatasetError(.io, "cannot be read: \(String(cString: strerror(number)))", file: path)
  }
}

extension FileFormat {
  /// Opens the file and undoes its compression.
  func open(_ path: String, chunkSize: Int) throws -> any ByteStream {
    let file = try FileStream(path: path)
    return switch compression {
    case .none: file
    case .gzip: try GzipStream(file, chunkSize: chunkSize)
    case .zstandard: try ZstandardStream(file, chunkSize: chunkSize)
    }
  }
}
