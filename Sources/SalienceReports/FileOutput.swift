#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An open file, or standard output, that bytes are appended to.
public final class FileOutput {
  /// Path for error messages.
  public let path: String
  private var descriptor: Int32
  private let owned: Bool

  /// Creates or empties the file at `path`.
  ///
  /// - Throws: `ReportError.inputOutput` naming the path.
  public init(creating path: String) throws {
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    self.path = path
    owned = true
    if descriptor < 0 { throw Self.failure("cannot be created", path, errno) }
  }

  /// Writes to a descriptor that stays the caller's, standard output for one.
  public init(descriptor: Int32, name: String) {
    self.descriptor = descriptor
    path = name
    owned = false
  }

  deinit {
    if owned, descriptor >= 0 { _ = close(descriptor) }
  }

  /// Writes every byte, over as many system calls as it takes.
  ///
  /// - Throws: `ReportError.inputOutput` naming the path.
  public func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { buffer in
      guard let start = buffer.baseAddress else { return }
      var done = 0
      while done < buffer.count {
        let count = systemWrite(descriptor, start + done, buffer.count - done)
        if count < 0 {
          if errno == EINTR { continue }
          throw Self.failure("cannot be written", path, errno)
        }
        done += count
      }
    }
  }

  /// Flushes the file to the disk and closes it; a descriptor of the caller's is left alone.
  ///
  /// - Throws: `ReportError.inputOutput` naming the path.
  public func finish() throws {
    guard owned, descriptor >= 0 else { return }
    let open = descriptor
    descriptor = -1
    let synced = fsync(open)
    let reason = errno
    // A pipe or a terminal has no disk to be flushed to and says EINVAL.
    let flushed = synced == 0 || reason == EINVAL
    guard close(open) == 0, flushed else {
      throw Self.failure("cannot be written", path, flushed ? errno : reason)
    }
  }

  static func failure(_ message: String, _ path: String, _ code: Int32) -> ReportError {
    ReportError(.inputOutput, message, at: path, cause: String(cString: strerror(code)))
  }
}

private func systemWrite(_ descriptor: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, start, count)
}
