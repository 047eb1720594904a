import SalienceFoundation

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
  /// Nil once it is finished.
  private var file: OpenFile?
  private let owned: Bool
  private let isTerminal: Bool
  /// The temporary that takes the file's place when it is complete; nil where the bytes go to `path` at once.
  private var staged: StagedFile?

  /// Creates the file at `path`, where there must be none.
  ///
  /// - Throws: `FileFault` naming the path.
  public convenience init(creating path: String) throws {
    try self.init(path: path) { () throws(SystemError) in try OpenFile.create(path) }
  }

  private init(path: String, opening open: () throws(SystemError) -> OpenFile) throws(FileFault) {
    do { file = try open() } catch { throw .output("cannot be created", path, error) }
    self.path = path
    owned = true
    isTerminal = false
  }

  /// Creates the file at `path`, or takes its place and its permissions, when `finish` is called.
  ///
  /// Until then the bytes lie beside it, under a name of their own. What is no regular file, a pipe for one, is written
  /// to at once.
  ///
  /// - Throws: `FileFault` naming the path.
  public convenience init(replacing path: String) throws {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      try self.init(path: path) { () throws(SystemError) in try OpenFile(path, O_WRONLY) }
      return
    }
    let staged = StagedFile(for: path)
    try self.init(path: path) { () throws(SystemError) in try OpenFile.create(staged.partial) }
    self.staged = staged
  }

  /// Writes to a descriptor that stays the caller's, standard output for one.
  ///
  /// - Parameter isTerminal: whether a table is to be shown on a terminal, which its texts must not steer: they are
  ///   written as `TerminalText.visible` has them, and every call of `write` takes whole lines.
  public init(descriptor: Int32, name: String, isTerminal: Bool = false) {
    file = OpenFile(descriptor: descriptor)
    path = name
    owned = false
    self.isTerminal = isTerminal
  }

  deinit {
    if owned { try? file?.close() }
    staged?.discard()
  }

  /// Writes every byte, over as many system calls as it takes.
  ///
  /// - Throws: `FileFault` naming the path.
  public func write(_ bytes: [UInt8]) throws {
    let bytes = isTerminal ? Array(TerminalText.visibleTable(String(decoding: bytes, as: UTF8.self)).utf8) : bytes
    do { try file?.write(bytes) } catch { throw FileFault.output("cannot be written", path, error) }
  }

  /// Flushes the file to the disk, closes it and gives it its name; a descriptor of the caller's is left alone.
  ///
  /// - Throws: `FileFault` naming the path.
  public func finish() throws {
    guard owned, let open = file else { return }
    file = nil
    var failure: SystemError?
    // A pipe or a terminal has no disk to be flushed to and says EINVAL.
    do { try open.flush() } catch { if error.code != EINVAL { failure = error } }
    do { try open.close() } catch { failure = failure ?? error }
    if let failure { throw FileFault.output("cannot be written", path, failure) }
    try staged?.publish()
    staged = nil
  }
}
