#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension DurableFile {
  /// Reads a whole file of at most `limit` bytes.
  ///
  /// - Throws: `FileFault`: `missing`, `io`; `data` where it is larger.
  public static func read(_ path: String, limit: Int) throws(FileFault) -> [UInt8] {
    var bytes: [UInt8] = []
    try forEachChunk(of: path) { chunk throws(FileFault) in
      guard bytes.count + chunk.count <= limit else {
        throw FileFault(.data, "larger than \(limit) bytes", at: path)
      }
      bytes.append(contentsOf: chunk)
    }
    return bytes
  }

  /// SHA-256 in hexadecimal and length in bytes of a file, and which file that was.
  ///
  /// - Throws: `FileFault`: `missing`, `io`.
  public static func digest(
    _ path: String
  ) throws(FileFault) -> (sha256: String, bytes: Int64, identity: FileIdentity?) {
    var hash = SHA256()
    var count: Int64 = 0
    let identity = try forEachChunk(of: path) { chunk throws(FileFault) in
      hash.update(chunk)
      count += Int64(chunk.count)
    }
    return (hash.digest().hexadecimal, count, identity)
  }

  /// Reads a file from its beginning to its end; which file that was, as it was before the first byte.
  @discardableResult private static func forEachChunk(
    of path: String, _ body: (UnsafeRawBufferPointer) throws(FileFault) -> Void
  ) throws(FileFault) -> FileIdentity? {
    let file: OpenFile
    do { file = try OpenFile(path, O_RDONLY) } catch { throw .input("cannot be read", path, error) }
    defer { try? file.close() }
    let identity = FileIdentity(descriptor: file.descriptor)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count: Int
      do { count = try file.read(into: buffer) } catch { throw .input("cannot be read", path, error) }
      if count == 0 { return identity }
      try body(UnsafeRawBufferPointer(rebasing: buffer[0..<count]))
    }
  }

  /// Whether there is a file, a directory or a link of this name.
  public static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// Whether the path leads to a directory.
  public static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Length of a file in bytes; nil where there is none.
  public static func size(_ path: String) -> Int64? {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : nil
  }

  /// Names in a directory in byte order; none where there is no such directory.
  ///
  /// - Throws: `FileFault`.
  public static func names(in directory: String) throws(FileFault) -> [String] {
    guard let stream = opendir(directory) else {
      let error = SystemError.last
      if error.code == ENOENT { return [] }
      throw .input("cannot be listed", directory, error)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: field.pointee)) {
          String(cString: $0)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
