#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that lies under a name of its own until it is complete, and then takes the place of another.
///
/// The name is drawn at random, so that two processes that write to one place do not meet: the last to be complete
/// stands. Whoever writes the file creates it exclusively, so a link that somebody planted is not followed.
struct StagedFile {
  /// Where the bytes lie until the file is complete.
  let partial: String
  private let target: String
  private let path: String

  /// - Parameter path: where the file goes in the end; a link there stays one, and its file is replaced.
  init(for path: String) {
    self.path = path
    let resolved = realpath(path, nil)
    defer { free(resolved) }
    let target = resolved.map { String(cString: $0) } ?? path
    self.target = target
    let directory = target.lastIndex(of: "/").map { target[...$0] } ?? ""
    partial = "\(directory).salience-\(String(UInt64.random(in: .min ... .max), radix: 36)).partial"
  }

  /// Gives the complete file its name, and the permissions of the file whose place it takes.
  ///
  /// - Throws: `ReportError.inputOutput` naming the path.
  func publish() throws {
    var status = stat()
    if stat(target, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
      let descriptor = open(partial, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
      guard descriptor >= 0 else { throw FileOutput.failure("cannot be written", path, errno) }
      let changed = fchmod(descriptor, status.st_mode & 0o777)
      let code = errno
      _ = close(descriptor)
      guard changed == 0 else { throw FileOutput.failure("cannot be written", path, code) }
    }
    try RunDirectory.rename(partial, to: target)
  }

  /// Removes what is not complete.
  func discard() { RunDirectory.removeFile(partial) }
}

/// Keeps other processes that ask for it out of a folder; the system lets go of it when the process ends.
struct FolderLock: ~Copyable {
  private let descriptor: Int32

  /// Waits until no other process has the lock.
  ///
  /// A file system without locks lets everyone in.
  init(_ path: String) {
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    while descriptor >= 0, flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
  }

  deinit {
    if descriptor >= 0 { _ = close(descriptor) }
  }
}
