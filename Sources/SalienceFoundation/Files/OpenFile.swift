#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An open file by its descriptor, which whoever opened it closes.
///
/// Calls that signals interrupt are made again, and bytes are written in as many calls as it takes.
public struct OpenFile: Sendable {
  public let descriptor: Int32

  public init(descriptor: Int32) { self.descriptor = descriptor }

  /// Opens a file; other programs that this one starts do not inherit it.
  ///
  /// - Parameters:
  ///   - flags: of open(2), O_RDONLY for one.
  ///   - mode: permissions of a file that is made, which the process's mask may lessen.
  public init(_ path: String, _ flags: Int32, mode: mode_t = 0o666) throws(SystemError) {
    descriptor = try SystemError.check { open(path, flags | O_CLOEXEC, mode) }
  }

  /// Makes a file that was not there; a link under its name is not followed.
  public static func create(
    _ path: String, reading: Bool = false, mode: mode_t = 0o666
  ) throws(SystemError) -> OpenFile {
    try OpenFile(path, (reading ? O_RDWR : O_WRONLY) | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
  }

  /// Reads up to `buffer.count` bytes from where the file stands; 0 at its end alone.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    try SystemError.check { systemRead(descriptor, buffer.baseAddress, buffer.count) }
  }

  /// Reads from an offset until the buffer is full; fewer bytes where the file ends before.
  public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(SystemError) -> Int {
    var done = 0
    while done < buffer.count {
      let count = try SystemError.check {
        pread(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, off_t(offset) + off_t(done))
      }
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// Writes every byte where the file stands.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
    var done = 0
    while done < bytes.count {
      let count = try SystemError.check {
        systemWrite(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
      }
      done += count
    }
  }

  /// Writes every byte where the file stands.
  public func write(_ bytes: [UInt8]) throws(SystemError) {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(SystemError) in try write(buffer) }
    }
    try result.get()
  }

  /// Flushes the file's contents to the disk.
  public func flush() throws(SystemError) { try SystemError.check { fsync(descriptor) } }

  /// Closes the file, which is closed afterwards even where this throws.
  ///
  /// EINTR of close(2) says nothing of the file, and the descriptor is gone; so it is no error.
  public func close() throws(SystemError) {
    if systemClose(descriptor) != 0, errno != EINTR { throw .last }
  }
}

// Inside the type these names are its own methods.
private func systemRead(_ file: Int32, _ to: UnsafeMutableRawPointer?, _ count: Int) -> Int { read(file, to, count) }
private func systemWrite(_ file: Int32, _ from: UnsafeRawPointer?, _ count: Int) -> Int { write(file, from, count) }
private func systemClose(_ file: Int32) -> Int32 { close(file) }
