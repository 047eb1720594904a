import SalienceDatasets
import SalienceFoundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The few operations on files that publishing stands on, each with an error that names the path.
enum DurableFile {
  static func failure(_ message: String, _ path: String, _ code: Int32) -> PipelineError {
    PipelineError(code == ENOENT ? .missing : .io, message, at: path, cause: String(cString: strerror(code)))
  }

  /// An output that is not there is a fault of the disk, not a missing input.
  static func outputFailure(_ message: String, _ path: String, _ code: Int32) -> PipelineError {
    PipelineError(.io, message, at: path, cause: String(cString: strerror(code)))
  }

  /// Reads a whole file of at most `limit` bytes.
  static func read(_ path: String, limit: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try forEachChunk(of: path) { chunk in
      guard bytes.count + chunk.count <= limit else {
        throw PipelineError(.data, "larger than \(limit) bytes", at: path)
      }
      bytes.append(contentsOf: chunk)
    }
    return bytes
  }

  /// SHA-256 in hexadecimal and length in bytes of a file, and which file that was.
  static func digest(_ path: String) throws -> (sha256: String, bytes: Int64, identity: FileIdentity?) {
    var hash = SHA256()
    var count: Int64 = 0
    let identity = try forEachChunk(of: path) { chunk in
      hash.update(chunk)
      count += Int64(chunk.count)
    }
    return (hash.digest().hexadecimal, count, identity)
  }

  /// Reads a file from its beginning to its end; which file that was, as it was before the first byte.
  @discardableResult private static func forEachChunk(
    of path: String, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> FileIdentity? {
    let descriptor = retrying { open(path, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw failure("cannot be read", path, errno) }
    defer { _ = close(descriptor) }
    let identity = FileIdentity(descriptor: descriptor)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = systemRead(descriptor, buffer.baseAddress, buffer.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw failure("cannot be read", path, errno)
      }
      if count == 0 { return identity }
      try body(UnsafeRawBufferPointer(rebasing: buffer[0..<count]))
    }
  }

  /// Writes a file that is not there yet and flushes it to the disk.
  static func write(_ text: String, to path: String) throws {
    let descriptor = retrying { open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644) }
    guard descriptor >= 0 else { throw outputFailure("cannot be created", path, errno) }
    let written = writeAndFlush(Array(text.utf8), to: descriptor)
    // EINTR of close(2) says nothing of the file, which is flushed by now, and the descriptor is gone.
    let closed = close(descriptor) == 0 || errno == EINTR ? 0 : errno
    guard written == 0, closed == 0 else {
      throw outputFailure("cannot be written", path, written == 0 ? closed : written)
    }
  }

  /// Writes bytes where the descriptor stands and flushes the file to the disk; the error's number or 0.
  static func writeAndFlush(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = systemWrite(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
        if count < 0 {
          if errno == EINTR { continue }
          return errno
        }
        done += count
      }
      return retrying { fsync(descriptor) } == 0 ? 0 : errno
    }
  }

  /// Repeats a system call for as long as signals interrupt it.
  static func retrying(_ call: () -> Int32) -> Int32 {
    while true {
      let result = call()
      if result != -1 || errno != EINTR { return result }
    }
  }

  /// Flushes a file, or the names in a directory, to the disk.
  static func sync(_ path: String) throws {
    let descriptor = retrying { open(path, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw outputFailure("cannot be opened", path, errno) }
    let result = retrying { fsync(descriptor) }
    let code = errno
    _ = close(descriptor)
    // Some file systems cannot flush a directory and say EINVAL; there is nothing more to be done there.
    guard result == 0 || code == EINVAL else { throw outputFailure("cannot be flushed", path, code) }
  }

  /// Gives a file a second name, or says that the name is taken.
  ///
  /// - Returns: false where `target` existed.
  static func link(_ source: String, as target: String) throws -> Bool {
    if systemLink(source, target) == 0 { return true }
    let code = errno
    guard code == EEXIST else { throw outputFailure("cannot be linked", target, code) }
    // Over NFS a link can succeed and its answer be lost; the second name of the file tells (open(2), O_EXCL).
    var status = stat()
    return stat(source, &status) == 0 && status.st_nlink == 2
  }

  /// Renames a file; false where there is no such file.
  static func rename(_ source: String, to target: String) throws -> Bool {
    if systemRename(source, target) == 0 { return true }
    let code = errno
    guard code == ENOENT else { throw outputFailure("cannot be renamed", target, code) }
    return false
  }

  /// Makes a directory and those above it.
  static func makeDirectories(_ path: String) throws {
    var prefix = path.hasPrefix("/") ? "/" : ""
    for component in path.split(separator: "/") {
      prefix += prefix.isEmpty || prefix.hasSuffix("/") ? component : "/" + component
      guard mkdir(prefix, 0o755) == 0 || errno == EEXIST else {
        throw outputFailure("cannot be created", prefix, errno)
      }
    }
    guard isDirectory(path) else { throw outputFailure("cannot be created", path, ENOTDIR) }
  }

  static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Length of a file in bytes; nil where there is none.
  static func size(_ path: String) -> Int64? {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : nil
  }

  /// Names in a directory in byte order; none where there is no such directory.
  static func names(in directory: String) throws -> [String] {
    guard let stream = opendir(directory) else {
      if errno == ENOENT { return [] }
      throw failure("cannot be listed", directory, errno)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)) {
          String(cString: $0)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
  }

  /// Removes a file, or a directory that is empty; nothing where there is none.
  static func remove(_ path: String) throws {
    guard systemRemove(path) == 0 || errno == ENOENT else { throw outputFailure("cannot be removed", path, errno) }
  }

  /// Removes a directory and what is in it, without following links.
  static func removeTree(_ path: String) throws {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR {
      for name in try names(in: path) { try removeTree("\(path)/\(name)") }
    }
    try remove(path)
  }
}

private func systemRead(_ file: Int32, _ to: UnsafeMutableRawPointer?, _ count: Int) -> Int { read(file, to, count) }
private func systemWrite(_ file: Int32, _ from: UnsafeRawPointer?, _ count: Int) -> Int { write(file, from, count) }
private func systemLink(_ source: String, _ target: String) -> Int32 { link(source, target) }
private func systemRename(_ source: String, _ target: String) -> Int32 { rename(source, target) }
private func systemRemove(_ path: String) -> Int32 { remove(path) }
