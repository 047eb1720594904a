#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The few operations on files that publishing stands on, each with an error that names the path.
///
/// What they make is on the disk when they return; names in a directory are when it is flushed by `sync`.
public enum DurableFile {
  /// Writes a file that is not there yet and flushes it to the disk.
  ///
  /// - Throws: `FileFault`.
  public static func write(_ text: String, to path: String) throws(FileFault) {
    try write(Array(text.utf8), to: path)
  }

  /// Writes a file that is not there yet and flushes it to the disk.
  ///
  /// - Throws: `FileFault`.
  public static func write(_ bytes: [UInt8], to path: String) throws(FileFault) {
    let file: OpenFile
    do { file = try OpenFile.create(path, mode: 0o644) } catch { throw .output("cannot be created", path, error) }
    var failure: SystemError?
    do {
      try file.write(bytes)
      try file.flush()
    } catch { failure = error }
    do { try file.close() } catch { failure = failure ?? error }
    if let failure { throw .output("cannot be written", path, failure) }
  }

  /// Flushes a file, or the names in a directory, to the disk.
  ///
  /// - Throws: `FileFault`.
  public static func sync(_ path: String) throws(FileFault) {
    let file: OpenFile
    do { file = try OpenFile(path, O_RDONLY) } catch { throw .output("cannot be opened", path, error) }
    defer { try? file.close() }
    do { try file.flush() } catch {
      // Some file systems cannot flush a directory and say EINVAL; there is nothing more to be done there.
      if error.code != EINVAL { throw .output("cannot be flushed", path, error) }
    }
  }

  /// Gives a file a second name, or says that the name is taken.
  ///
  /// - Returns: false where `target` existed.
  /// - Throws: `FileFault`.
  public static func link(_ source: String, as target: String) throws(FileFault) -> Bool {
    do { try SystemError.check { systemLink(source, target) } } catch {
      guard error.code == EEXIST else { throw .output("cannot be linked", target, error) }
      // Over NFS a link can succeed and its answer be lost; the second name of the file tells (open(2), O_EXCL).
      var status = stat()
      return stat(source, &status) == 0 && status.st_nlink == 2
    }
    return true
  }

  /// Renames a file; false where there is no such file.
  ///
  /// - Throws: `FileFault`.
  public static func rename(_ source: String, to target: String) throws(FileFault) -> Bool {
    do { try SystemError.check { systemRename(source, target) } } catch {
      guard error.code == ENOENT else { throw .output("cannot be renamed", target, error) }
      return false
    }
    return true
  }

  /// Makes a directory and those above it; nothing where it is there.
  ///
  /// - Throws: `FileFault`.
  public static func makeDirectories(_ path: String) throws(FileFault) {
    var prefix = path.utf8.first == UInt8(ascii: "/") ? "/" : ""
    for component in path.split(separator: "/") {
      prefix += prefix.isEmpty || prefix.hasSuffix("/") ? component : "/" + component
      do { try SystemError.check { mkdir(prefix, 0o755) } } catch {
        if error.code != EEXIST { throw .output("cannot be created", prefix, error) }
      }
    }
    guard isDirectory(path) else { throw .output("cannot be created", path, SystemError(ENOTDIR)) }
  }

  /// Removes a file, or a directory that is empty; nothing where there is none.
  ///
  /// - Throws: `FileFault`.
  public static func remove(_ path: String) throws(FileFault) {
    do { try SystemError.check { systemRemove(path) } } catch {
      if error.code != ENOENT { throw .output("cannot be removed", path, error) }
    }
  }

  /// Removes a directory and what is in it, without following links.
  ///
  /// - Throws: `FileFault`.
  public static func removeTree(_ path: String) throws(FileFault) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR {
      for name in try names(in: path) { try removeTree("\(path)/\(name)") }
    }
    try remove(path)
  }
}

// Inside the type these names are its own functions.
private func systemLink(_ source: String, _ target: String) -> Int32 { link(source, target) }
private func systemRename(_ source: String, _ target: String) -> Int32 { rename(source, target) }
private func systemRemove(_ path: String) -> Int32 { remove(path) }
