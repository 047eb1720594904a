import Foundation
import Testing

/// A terminal that a command prints its result on.
enum PseudoTerminal {
  /// What `salience` prints on it, which must be less than the 4 KiB that one buffers.
  static func run(_ arguments: [String], environment: [String: String]) throws -> String {
    let primary = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    try #require(primary >= 0)
    defer { close(primary) }
    // TIOCSPTLCK and TIOCGPTN of Linux's ioctl_tty(2): Swift imports neither these macros nor posix_openpt.
    var locked: Int32 = 0
    var number: Int32 = -1
    let unlocked = ioctl(primary, 0x4004_5431, &locked)
    let numbered = ioctl(primary, 0x8004_5430, &number)
    try #require(unlocked == 0 && numbered == 0 && number >= 0)
    let secondary = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    try #require(secondary >= 0)
    let terminal = FileHandle(fileDescriptor: secondary, closeOnDealloc: true)
    let result = try SalienceBinary.run(
      arguments, environment: environment, in: ScratchDirectory(), standardOutput: terminal)
    try #require(result.status == 0, "\(result.errors)")
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = read(primary, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }
}
