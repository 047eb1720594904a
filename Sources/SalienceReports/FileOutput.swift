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
  /// Where the bytes lie until the file is complete, and where they go then; nil where they go to `path` at once.
  private var staged: (partial: String, target: String)?

  /// Creates or empties the file at `path`.
  ///
  /// - Throws: `ReportError.inputOutput` naming the path.
  public convenience init(creating path: String) throws {
    try self.init(path: path, writing: path)
  }

  private init(path: String, writing place: String) throws {
    descriptor = open(place, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    self.path = path
    owned = true
    isTerminal = false
    if descriptor < 0 { throw Self.failure("cannot be created", path, errno) }
  }

  /// Creates the file at `path`, or takes its place, when `finish` is called.
  ///
  /// Until then the bytes lie beside it, in `path.partial`. What is no regular file, a pipe for one, is written to at
  /// once.
  ///
  /// - Throws: `ReportError.inputOutput` naming the path.
  public convenience init(replacing path: String) throws {
    var status = stat()
    let isOther = stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    // A link stays one, and its file is replaced.
    let resolved = realpath(path, nil)
    defer { free(resolved) }
    let target = resolved.map { String(cString: $0) } ?? path
    try self.init(path: path, writing: isOther ? path : "\(target).partial")
    if !isOther { staged = ("\(target).partial", target) }
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
    if let staged { RunDirectory.removeFile(staged.partial) }
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
    let synced = fsync(open)
    let reason = errno
    // A pipe or a terminal has no disk to be flushed to and says EINVAL.
    let flushed = synced == 0 || reason == EINVAL
    guard close(open) == 0, flushed else {
      throw Self.failure("cannot be written", path, flushed ? errno : reason)
    }
    if let (partial, target) = staged {
      try RunDirectory.rename(partial, to: target)
      staged = nil
    }
  }

  static func failure(_ message: String, _ path: String, _ code: Int32) -> ReportError {
    ReportError(.inputOutput, message, at: path, cause: String(cString: strerror(code)))
  }
}

private func systemWrite(_ descriptor: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, start, count)
}
