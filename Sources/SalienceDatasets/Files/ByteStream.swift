import SalienceFoundation

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
  /// Which file was opened, as it was then.
  let identity: FileIdentity
  private let file: OpenFile
  private let isExpected: Bool

  /// Opens a regular file.
  ///
  /// - Parameter expected: the file that it must be, also when its end is reached; nil for any.
  /// - Throws: `DatasetError`: `missingFile`, `unsupported` for what is no file, `changed` where it is another one than
  ///   expected, `io`.
  init(path: String, expecting expected: FileIdentity? = nil) throws {
    self.path = path
    // Opening a pipe would else wait for whoever writes into it.
    do { file = try OpenFile(path, O_RDONLY | O_NONBLOCK) } catch { throw Self.fault(error, of: path) }
    do {
      identity = try Self.identity(of: file, path: path)
      if let expected, let change = FileIdentity.change(from: expected, to: identity) {
        throw DatasetError(.changed, "the file changed while the run went on: \(change)", file: path)
      }
    } catch {
      try? file.close()
      throw error
    }
    isExpected = expected != nil
  }

  private static func identity(of file: OpenFile, path: String) throws -> FileIdentity {
    var status = stat()
    guard fstat(file.descriptor, &status) == 0, let identity = FileIdentity(descriptor: file.descriptor) else {
      throw fault(.last, of: path)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return identity
    case S_IFDIR: throw DatasetError(.missingFile, "a directory, not a file", file: path)
    default:
      throw DatasetError(
        .unsupported,
        "a pipe or device, which cannot be read a second time: write its data to a file, or give the path as '-' and"
          + " send the data to standard input", file: path)
    }
  }

  deinit { try? file.close() }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count: Int
    do { count = try file.read(into: buffer) } catch { throw Self.fault(error, of: path) }
    if count == 0, isExpected { try checkUnchanged() }
    return count
  }

  /// Checks at the file's end that it is as it was, and still stands under its path.
  private func checkUnchanged() throws {
    for now in [FileIdentity(descriptor: file.descriptor), FileIdentity(path: path)] {
      if let change = FileIdentity.change(from: identity, to: now) {
        throw DatasetError(.changed, "the file changed while the run went on: \(change)", file: path)
      }
    }
  }

  private static func fault(_ error: SystemError, of path: String) -> DatasetError {
    if error.code == ENOENT || error.code == ENOTDIR { return DatasetError(.missingFile, "no such file", file: path) }
    return DatasetError(.io, "cannot be read: \(error)", file: path)
  }
}

extension FileFormat {
  /// Opens the file and undoes its compression.
  func open(_ path: String, expecting expected: FileIdentity? = nil, chunkSize: Int) throws -> any ByteStream {
    try decompress(try FileStream(path: path, expecting: expected), chunkSize: chunkSize)
  }

  func decompress(_ file: FileStream, chunkSize: Int) throws -> any ByteStream {
    switch compression {
    case .none: file
    case .gzip: try GzipStream(file, chunkSize: chunkSize)
    case .zstandard: try ZstandardStream(file, chunkSize: chunkSize)
    }
  }
}
