import SalienceFoundation

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
  private let file: OpenFile

  /// Opens the file.
  ///
  /// - Throws: `CheckpointError` `missing` where it is not a readable regular file.
  init(path: String) throws {
    self.path = path
    var status = stat()
    // Asked before opening, because opening a named pipe would wait for its writer.
    guard stat(path, &status) == 0 else { throw Self.error(.last, of: path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw CheckpointError(.missing, "not a regular file", file: path)
    }
    do { file = try OpenFile(path, O_RDONLY) } catch { throw Self.error(error, of: path) }
    guard fstat(file.descriptor, &status) == 0 else {
      let error = SystemError.last
      try? file.close()
      throw Self.error(error, of: path)
    }
    count = Int(status.st_size)
  }

  deinit { try? file.close() }

  /// Fills `buffer` with the bytes from `offset` on; several threads may read at once.
  ///
  /// - Parameter tensor: named in errors.
  /// - Throws: `CheckpointError`: `invalid` where the file ends too soon, `missing` where the system cannot read it.
  func read(from offset: Int, into buffer: UnsafeMutableRawBufferPointer, tensor: String? = nil) throws {
    let done: Int
    do { done = try file.read(into: buffer, at: Int64(offset)) } catch {
      throw Self.error(error, of: path, tensor: tensor)
    }
    guard done == buffer.count else {
      var status = stat()
      let left = fstat(file.descriptor, &status) == 0 ? Int(status.st_size) : offset + done
      throw CheckpointError(
        .invalid, "cut short while it was read: \(count) bytes when it was opened, now \(left)", file: path,
        tensor: tensor)
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

  /// Whether `path` leads to something, and whether that is a directory; nil where it leads nowhere.
  static func isDirectory(_ path: String) -> Bool? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return status.st_mode & S_IFMT == S_IFDIR
  }

  private static func error(_ error: SystemError, of path: String, tensor: String? = nil) -> CheckpointError {
    if error.code == ENOENT || error.code == ENOTDIR {
      return CheckpointError(.missing, "no such file", file: path)
    }
    return CheckpointError(.missing, "cannot be read: \(error)", file: path, tensor: tensor)
  }
}
