#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A regular file, open for reading for as long as the object lives.
///
/// It is read and not mapped: a file that is cut short, or a disk that fails, while a model is being loaded is then an
/// error that names the tensor, where a mapping would end the process with SIGBUS. The copy costs little, because a
/// backend widens and packs weights into memory of its own anyway.
final class CheckpointFile: Sendable {
  let path: String
  /// Bytes of the file when it was opened.
  let count: Int
  private let descriptor: Int32

  /// Opens the file.
  ///
  /// - Throws: `CheckpointError` `missing` where it is not a readable regular file.
  init(path: String) throws {
    self.path = path
    var status = stat()
    // Asked before opening, because opening a named pipe would wait for its writer.
    guard stat(path, &status) == 0 else { throw Self.systemError(path, errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw CheckpointError(.missing, "not a regular file", file: path)
    }
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.systemError(path, errno) }
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw Self.systemError(path, code)
    }
    count = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Fills `buffer` with the bytes from `offset` on; several threads may read at once.
  ///
  /// - Parameter tensor: named in errors.
  /// - Throws: `CheckpointError`: `invalid` where the file ends too soon, `missing` where the system cannot read it.
  func read(from offset: Int, into buffer: UnsafeMutableRawBufferPointer, tensor: String? = nil) throws {
    guard let start = buffer.baseAddress else { return }
    var done = 0
    while done < buffer.count {
      let read = pread(descriptor, start + done, buffer.count - done, off_t(offset + done))
      if read < 0 {
        if errno == EINTR { continue }
        throw Self.systemError(path, errno, tensor: tensor)
      }
      guard read > 0 else {
        var status = stat()
        let left = fstat(descriptor, &status) == 0 ? Int(status.st_size) : offset + done
        throw CheckpointError(
          .invalid, "cut short while it was read: \(count) bytes when it was opened, now \(left)", file: path,
          tensor: tensor)
      }
      done += read
    }
  }

  /// The whole file.
  ///
  /// - Throws: `CheckpointError`: `invalid` where it has more bytes than `limit`; as for `read`.
  func contents(limit: Int) throws -> [UInt8] {
    guard count <= limit else { throw CheckpointError(.invalid, "larger than \(limit) bytes", file: path) }
    return try bytes(0..<count)
  }

  /// Some of the file, which the caller has found to be inside of it and small.
  func bytes(_ range: Range<Int>) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    try bytes.withUnsafeMutableBytes { try read(from: range.lowerBound, into: $0) }
    return bytes
  }

  /// Refuses what Git leaves in a file's place where its large files were not fetched: a few lines of text.
  ///
  /// Format: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
  /// - Throws: `CheckpointError` `invalid` for such a file, with the command that fetches it.
  static func refusePointer(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size < 1024 else { return }
    let text = String(decoding: try CheckpointFile(path: path).contents(limit: 1024), as: UTF8.self)
    guard text.hasPrefix("version https://git-lfs.github.com/spec/") else { return }
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let size = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("size ") }
    let bytes = size.map { ", which stands for \($0.dropFirst(5)) bytes that were not fetched" } ?? ""
    throw CheckpointError(
      .invalid, "a Git LFS pointer\(bytes): fetch them with: git -C \(shellQuoted(folder)) lfs pull", file: path)
  }

  /// A path as a word of a shell's command.
  static func shellQuoted(_ path: String) -> String {
    "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  /// The names in a directory, in byte order; none where it cannot be read.
  static func names(in directory: String) -> [String] {
    guard let handle = opendir(directory) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          let capacity = MemoryLayout.size(ofValue: pointer.pointee)
          return pointer.withMemoryRebound(to: CChar.self, capacity: capacity) { String(cString: $0) }
        })
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Whether `path` leads to something, and whether that is a directory; nil where it leads nowhere.
  static func isDirectory(_ path: String) -> Bool? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return status.st_mode & S_IFMT == S_IFDIR
  }

  private static func systemError(_ path: String, _ code: Int32, tensor: String? = nil) -> CheckpointError {
    if code == ENOENT || code == ENOTDIR { return CheckpointError(.missing, "no such file", file: path) }
    return CheckpointError(
      .missing, "cannot be read: \(String(cString: strerror(code)))", file: path, tensor: tensor)
  }
}
