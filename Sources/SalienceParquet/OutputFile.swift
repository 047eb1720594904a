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
  private var descriptor: Int32
  /// Whether the path may be removed: a device or pipe that was opened must stay.
  private let isRegular: Bool

  /// Creates the file; a device or pipe that is there is opened.
  ///
  /// A file that is there is never emptied, and a link is never followed.
  init(path: String) throws(ParquetError) {
    self.path = path
    var status = stat()
    let isOther = lstat(path, &status) == 0 && ![S_IFREG, S_IFLNK, S_IFDIR].contains(status.st_mode & S_IFMT)
    let flags = isOther ? O_NOFOLLOW : O_CREAT | O_EXCL | O_NOFOLLOW
    let opened = retrying { open(path, O_WRONLY | O_CLOEXEC | flags, 0o666) }
    guard opened >= 0 else { throw ParquetError(.cannotWrite, "cannot be created", file: path, cause: errno) }
    isRegular = fstat(opened, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    descriptor = opened
  }

  deinit {
    discard()
  }

  func write(_ bytes: [UInt8]) throws(ParquetError) {
    var done = 0
    while done < bytes.count {
      let (count, code) = bytes.withUnsafeBytes { buffer in
        let count = systemWrite(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
        return (count, errno)
      }
      if count < 0 {
        if code == EINTR { continue }
        throw ParquetError(.cannotWrite, "cannot be written", file: path, offset: position, cause: code)
      }
      done += count
      position += Int64(count)
    }
  }

  /// Makes the contents durable and closes the file.
  func close() throws(ParquetError) {
    // A pipe or a device has no storage and says EINVAL.
    guard !isRegular || retrying({ fsync(descriptor) }) == 0 else {
      throw ParquetError(.cannotWrite, "cannot be flushed to storage", file: path, cause: errno)
    }
    let closing = descriptor
    descriptor = -1
    // EINTR of close(2) says nothing of the file, which is flushed by now, and the descriptor is gone.
    guard systemClose(closing) == 0 || errno == EINTR else {
      throw ParquetError(.cannotWrite, "cannot be closed", file: path, cause: errno)
    }
  }

  /// Closes and removes a file that was not closed properly; otherwise does nothing.
  func discard() {
    guard descriptor >= 0 else { return }
    _ = systemClose(descriptor)
    descriptor = -1
    if isRegular { _ = unlink(path) }
  }
}

// Inside the class the names `write` and `close` mean its own methods.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}

/// Repeats a system call for as long as signals interrupt it.
private func retrying(_ call: () -> Int32) -> Int32 {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}

private func systemClose(_ descriptor: Int32) -> Int32 {
  close(descriptor)
}

/// The operating system's words for an error number.
func systemErrorText(_ code: Int32) -> String {
  String(cString: strerror(code))
}
