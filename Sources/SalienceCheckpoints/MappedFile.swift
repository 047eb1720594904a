#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A regular file mapped into memory for reading, for as long as the object lives.
///
/// The pages are read when they are touched, so opening costs nothing and several processes share them. The file must
/// not shrink meanwhile.
final class MappedFile: @unchecked Sendable {  // the mapping is never written to
  let path: String
  let bytes: UnsafeRawBufferPointer

  /// Maps the file.
  ///
  /// - Throws: `CheckpointError` `missing` where it is not a readable regular file.
  init(path: String) throws {
    self.path = path
    var status = stat()
    // Asked before opening, because opening a named pipe would wait for its writer.
    guard stat(path, &status) == 0 else { throw Self.systemError(path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw CheckpointError(.missing, "not a regular file", file: path)
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.systemError(path) }
    defer { close(descriptor) }
    guard fstat(descriptor, &status) == 0 else { throw Self.systemError(path) }
    let count = Int(status.st_size)
    guard count > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
      throw Self.systemError(path)
    }
    bytes = UnsafeRawBufferPointer(start: start, count: count)
  }

  deinit {
    if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
  }

  /// Whether `path` leads to something, and whether that is a directory; nil where it leads nowhere.
  static func isDirectory(_ path: String) -> Bool? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return status.st_mode & S_IFMT == S_IFDIR
  }

  private static func systemError(_ path: String) -> CheckpointError {
    let number = errno
    if number == ENOENT || number == ENOTDIR { return CheckpointError(.missing, "no such file", file: path) }
    return CheckpointError(.missing, "cannot be read: \(String(cString: strerror(number)))", file: path)
  }
}
