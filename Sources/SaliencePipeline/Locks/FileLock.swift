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
  let descriptor: Int32
  let path: String

  private init(_ path: String, _ descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  deinit { _ = close(descriptor) }

  /// Opens a file that is there; nil where there is none.
  ///
  /// - Throws: `PipelineError.io` naming the path.
  static func open(_ path: String) throws -> FileLock? {
    try open(path, flags: O_RDWR, unless: ENOENT)
  }

  /// Makes a file that was not there; nil where there is one.
  ///
  /// - Parameter mode: permissions, which the process's mask may lessen.
  /// - Throws: `PipelineError.io` naming the path.
  static func create(_ path: String, mode: mode_t = 0o644) throws -> FileLock? {
    try open(path, flags: O_RDWR | O_CREAT | O_EXCL, mode: mode, unless: EEXIST)
  }

  private static func open(_ path: String, flags: Int32, mode: mode_t = 0, unless allowed: Int32) throws -> FileLock? {
    while true {
      let descriptor = systemOpen(path, flags | O_CLOEXEC | O_NOFOLLOW, mode)
      if descriptor >= 0 { return FileLock(path, descriptor) }
      if errno == EINTR { continue }
      if errno == allowed { return nil }
      throw DurableFile.outputFailure("cannot be opened", path, errno)
    }
  }

  /// Takes the lock, in place of the one that this object holds already.
  ///
  /// - Parameter waiting: whether to wait for other holders.
  /// - Throws: `PipelineError.io` naming the path.
  func acquire(_ kind: Kind, waiting: Bool) throws -> Outcome {
    let operation = (kind == .shared ? LOCK_SH : LOCK_EX) | (waiting ? 0 : LOCK_NB)
    while true {
      if systemLock(descriptor, operation) == 0 { return .taken }
      switch errno {
      case EINTR: continue
      case EWOULDBLOCK: return .busy
      case ENOLCK, EOPNOTSUPP, ENOSYS, EINVAL: return .unsupported
      default: throw DurableFile.outputFailure("cannot be locked", path, errno)
      }
    }
  }

  /// Whether the path still leads to this file, which another process may have removed or replaced.
  var isInPlace: Bool {
    var (own, other) = (stat(), stat())
    return fstat(descriptor, &own) == 0 && lstat(path, &other) == 0
      && own.st_ino == other.st_ino && own.st_dev == other.st_dev
  }
}

private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 { open(path, flags, mode) }
private func systemLock(_ file: Int32, _ operation: Int32) -> Int32 { flock(file, operation) }
