import SalienceFoundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A lock on a file that the kernel drops when its holder ends, however it ends.
///
/// flock(2): the lock belongs to the opened file, so that two holders in one process exclude each other too, and it is
/// seen from every PID namespace. The holder's end is the object's.
final class FileLock: Sendable {
  enum Kind: Sendable { case shared, exclusive }

  enum Outcome: Sendable {
    case taken, busy
    /// The file system has no locks.
    case unsupported
  }

  /// The open file, for reading and writing.
  let file: OpenFile
  let path: String

  private init(_ path: String, _ file: OpenFile) {
    self.path = path
    self.file = file
  }

  deinit { try? file.close() }

  /// Opens a file that is there; nil where there is none.
  ///
  /// - Throws: `FileFault` naming the path.
  static func open(_ path: String) throws -> FileLock? {
    try open(path, flags: O_RDWR, unless: ENOENT)
  }

  /// Makes a file that was not there; nil where there is one.
  ///
  /// - Parameter mode: permissions, which the process's mask may lessen.
  /// - Throws: `FileFault` naming the path.
  static func create(_ path: String, mode: mode_t = 0o644) throws -> FileLock? {
    try open(path, flags: O_RDWR | O_CREAT | O_EXCL, mode: mode, unless: EEXIST)
  }

  private static func open(_ path: String, flags: Int32, mode: mode_t = 0, unless allowed: Int32) throws -> FileLock? {
    do {
      return FileLock(path, try OpenFile(path, flags | O_NOFOLLOW, mode: mode))
    } catch {
      if error.code == allowed { return nil }
      throw FileFault.output("cannot be opened", path, error)
    }
  }

  /// Takes the lock, in place of the one that this object holds already.
  ///
  /// - Parameter waiting: whether to wait for other holders.
  /// - Throws: `FileFault` naming the path.
  func acquire(_ kind: Kind, waiting: Bool) throws -> Outcome {
    let operation = (kind == .shared ? LOCK_SH : LOCK_EX) | (waiting ? 0 : LOCK_NB)
    do {
      try SystemError.check { flock(file.descriptor, operation) }
      return .taken
    } catch {
      switch error.code {
      case EWOULDBLOCK: return .busy
      case ENOLCK, EOPNOTSUPP, ENOSYS, EINVAL: return .unsupported
      default: throw FileFault.output("cannot be locked", path, error)
      }
    }
  }

  /// Whether the path still leads to this file, which another process may have removed or replaced.
  var isInPlace: Bool {
    var (own, other) = (stat(), stat())
    return fstat(file.descriptor, &own) == 0 && lstat(path, &other) == 0
      && own.st_ino == other.st_ino && own.st_dev == other.st_dev
  }
}
