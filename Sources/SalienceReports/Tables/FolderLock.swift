import SalienceFoundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Keeps other processes that ask for it out of a folder; the system lets go of it when the process ends.
struct FolderLock: ~Copyable {
  private let folder: OpenFile?

  /// Waits until no other process has the lock.
  ///
  /// A file system without locks lets everyone in.
  init(_ path: String) {
    folder = try? OpenFile(path, O_RDONLY | O_DIRECTORY)
    if let folder { _ = try? SystemError.check { flock(folder.descriptor, LOCK_EX) } }
  }

  deinit { try? folder?.close() }
}
