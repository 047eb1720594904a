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
  private let isTerminal: Bool
  /// The temporary that takes the file's place when it is complete; nil where the bytes go to `path` at once.
  private var staged: StagedFile?

  /// Creates the file at `path`, where there must be none.
  ///
  /// - Throws: `ReportError.inputOutput` naming the path.
  public convenience init(creating path: String) throws {
    try self.init(path: path, writing: path, flags: O_CREAT | O_EXCL | O_NOFOLLOW)
  }

  private init(path: String, writing place: String, flags: Int32) throws {
    descriptor = open(place, O_WRONLY | O_CLOEXEC | flags, 0o666)
    self.path = path
    owned = true
    isTerminal = false
    if descriptor < 0 { throw Self.failure("cannot be created", path, errno) }
  }

  /// Creates the file at `path`, or takes its place and its permissions, when `finish` is called.
  ///
  /// Until then the bytes lie beside it, under a name of their own. What is no regular file, a pipe for one, is written
  /// to at once.
  ///
  /// - Throws: `ReportError.inputOutput` naming the path.
  public convenience init(replacing path: String) throws {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      try self.init(path: path, writing: path, flags: 0)
      return
    }
    let staged = StagedFile(for: path)
    try self.init(path: path, writing: staged.partial, flags: O_CREAT | O_EXCL | O_NOFOLLOW)
    self.staged = staged
  }

  /// Writes to a descriptor that stays the caller's, standard output for one.
  ///
  /// - Parameter isTerminal: whether a table is to be shown on a terminal, which its texts must not steer: they are
  ///   written as `TerminalText.visible` has them, and every call of `write` takes whole lines.
  public init(descriptor: Int32, name: String, isTerminal: Bool = false) {
    self.descriptor = descriptor
    path = name
    owned = false
    self.isTerminal = isTerminal
  }

  deinit {
    if owned, descriptor >= 0 { _ = close(descriptor) }
    staged?.discard()
  }

  /// Writes every byte, over as many system calls as it takes.
  ///
  /// - Throws: `ReportError.inputOutput` naming the path.
  public func write(_ bytes: [UInt8]) throws {
    let bytes = isTerminal ? Array(TerminalText.visibleTable(String(decoding: bytes, as: UTF8.self)).utf8) : bytes
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

  /// Flushes the file to the disk, closes it and gives it its name; a descriptor of the caller's is left alone.
  ///
  /// - Throws: `ReportError.inputOutput` naming the path.
  public func finish() throws {
    guard owned, descriptor >= 0 else { return }
    let open = descriptor
    descriptor = -1
    var synced = fsync(open)
    while synced != 0, errno == EINTR { synced = fsync(open) }
    let reason = errno
    // A pipe or a terminal has no disk to be flushed to and says EINVAL.
    let flushed = synced == 0 || reason == EINVAL
    guard close(open) == 0 || errno == EINTR, flushed else {
      throw Self.failure("cannot be written", path, flushed ? errno : reason)
    }
    try staged?.publish()
    staged = nil
  }

  static func failure(_ message: String, _ path: String, _ code: Int32) -> ReportError {
    ReportError(.inputOutput, message, at: path, cause: String(cString: strerror(code)))
  }
}

private func systemWrite(_ descriptor: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, start, count)
}
