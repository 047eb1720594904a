import SalienceFoundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that is written from its start to its end.
final class OutputFile {
  let path: String
  /// The number of bytes written.
  private(set) var position: Int64 = 0
  /// Nil once it is closed.
  private var file: OpenFile?
  /// Whether the path may be removed: a device or pipe that was opened must stay.
  private let isRegular: Bool

  /// Creates the file; a device or pipe that is there is opened.
  ///
  /// A file that is there is never emptied, and a link is never followed.
  init(path: String) throws(ParquetError) {
    self.path = path
    var status = stat()
    let isOther = lstat(path, &status) == 0 && ![S_IFREG, S_IFLNK, S_IFDIR].contains(status.st_mode & S_IFMT)
    let file: OpenFile
    do {
      file = try isOther ? OpenFile(path, O_WRONLY | O_NOFOLLOW) : OpenFile.create(path)
    } catch {
      throw ParquetError(.cannotWrite, "cannot be created", file: path, cause: error)
    }
    isRegular = fstat(file.descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    self.file = file
  }

  deinit {
    discard()
  }

  func write(_ bytes: [UInt8]) throws(ParquetError) {
    do {
      try file?.write(bytes)
    } catch {
      throw ParquetError(.cannotWrite, "cannot be written", file: path, offset: position, cause: error)
    }
    position += Int64(bytes.count)
  }

  /// Makes the contents durable and closes the file.
  func close() throws(ParquetError) {
    guard let closing = file else { return }
    // A pipe or a device has no storage and says EINVAL.
    if isRegular {
      do { try closing.flush() } catch {
        throw ParquetError(.cannotWrite, "cannot be flushed to storage", file: path, cause: error)
      }
    }
    file = nil
    do { try closing.close() } catch {
      throw ParquetError(.cannotWrite, "cannot be closed", file: path, cause: error)
    }
  }

  /// Closes and removes a file that was not closed properly; otherwise does nothing.
  func discard() {
    guard let open = file else { return }
    file = nil
    try? open.close()
    if isRegular { _ = unlink(path) }
  }
}
