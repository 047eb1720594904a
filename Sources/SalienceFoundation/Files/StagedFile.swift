#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file that lies under a name of its own until it is complete, and then takes the place of another.
///
/// The name is drawn at random, so that two processes that write to one place do not meet: the last to be complete
/// stands. Whoever writes the file creates it exclusively, so a link that somebody planted is not followed.
public struct StagedFile: Sendable {
  /// Where the bytes lie until the file is complete.
  public let partial: String
  private let target: String
  private let path: String

  /// - Parameter path: where the file goes in the end; a link there stays one, and its file is replaced.
  public init(for path: String) {
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
  /// - Throws: `FileFault` naming the path.
  public func publish() throws(FileFault) {
    do {
      var status = stat()
      if stat(target, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
        let file = try OpenFile(partial, O_RDONLY | O_NOFOLLOW)
        defer { try? file.close() }
        try SystemError.check { fchmod(file.descriptor, status.st_mode & 0o777) }
      }
      try SystemError.check { rename(partial, target) }
    } catch {
      throw .output("cannot be written", path, error)
    }
  }

  /// Removes what is not complete.
  public func discard() { _ = unlink(partial) }
}
