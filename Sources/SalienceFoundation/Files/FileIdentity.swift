#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Which file stood under a path, and in which state: another file of the same name, and the same file after it was
/// written to, differ.
///
/// It tells changes while a process runs; between runs a checksum does. Writing within the resolution of the file
/// system's clock that leaves the size as it was is not seen.
public struct FileIdentity: Sendable, Equatable {
  /// Seconds and nanoseconds.
  public struct Time: Sendable, Equatable {
    public let seconds: Int64
    public let nanoseconds: Int64
  }

  public let device: UInt64
  public let inode: UInt64
  /// In bytes.
  public let size: Int64
  /// When the contents were last written.
  public let modified: Time
  /// When the contents, the name or the permissions last changed; nothing but the system sets it.
  public let changed: Time

  /// The identity of the file under a path, links followed; nil where there is none.
  public init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// The identity of an open file; nil where the descriptor is none.
  public init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    device = UInt64(truncatingIfNeeded: status.st_dev)
    inode = UInt64(truncatingIfNeeded: status.st_ino)
    size = Int64(status.st_size)
    #if canImport(Darwin)
      let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
    #else
      let (modified, changed) = (status.st_mtim, status.st_ctim)
    #endif
    self.modified = Time(seconds: Int64(modified.tv_sec), nanoseconds: Int64(modified.tv_nsec))
    self.changed = Time(seconds: Int64(changed.tv_sec), nanoseconds: Int64(changed.tv_nsec))
  }

  /// What changed, for a message; nil where nothing did.
  public static func change(from old: FileIdentity, to new: FileIdentity?) -> String? {
    guard let new else { return "it is no longer there" }
    if new == old { return nil }
    if new.device != old.device || new.inode != old.inode { return "another file took its place" }
    if new.size != old.size { return "it had \(old.size) bytes and has \(new.size)" }
    return "it was written to or renamed"
  }
}
