import SalienceFoundation

/// A process's presence in a run's directory, which ends with the process.
///
/// Every process that works on a run holds a shared lock on `state/lock`. What would take the run away from the others,
/// `--overwrite` or another limit, needs the lock for itself alone.
final class RunPresence: Sendable {
  /// Whether no other process works on the run, as far as the file system can tell; true until `share` is called.
  let isAlone: Bool
  private let lock: FileLock

  /// Waits until no other process prepares the run.
  ///
  /// - Throws: `FileFault` naming the path.
  init(_ directory: RunLayout) throws {
    try DurableFile.makeDirectories(directory.state)
    let path = directory.lock
    while true {
      guard let lock = try FileLock.create(path) ?? FileLock.open(path) else { continue }
      var outcome = try lock.acquire(.exclusive, waiting: false)
      let isAlone = outcome != .busy
      if !isAlone { outcome = try lock.acquire(.shared, waiting: true) }
      // Somebody may have removed the file while it was waited for.
      guard lock.isInPlace else { continue }
      (self.lock, self.isAlone) = (lock, isAlone)
      return
    }
  }

  /// Lets other processes begin.
  func share() throws { if isAlone { _ = try lock.acquire(.shared, waiting: true) } }
}
