import Foundation
import SalienceReports

/// The background of the terminal that this process is controlled from.
enum TerminalBackground {
  /// Asks the terminal for its background colour, as xterm's control sequences (OSC 11) allow; nil where it does not say.
  ///
  /// A request for the terminal's attributes (DA1), which all terminals answer, follows: whoever answers that alone knows
  /// no background, and nobody has to wait. Nothing is asked while something typed is waiting to be read.
  static func ask() -> ScoreColor.Background? {
    let terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard terminal >= 0 else { return nil }
    defer { close(terminal) }
    // A process in the background would be stopped for touching the terminal.
    guard tcgetpgrp(terminal) == getpgrp() else { return nil }
    var before = termios()
    guard tcgetattr(terminal, &before) == 0 else { return nil }
    var raw = before
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
    guard tcsetattr(terminal, TCSANOW, &raw) == 0 else { return nil }
    defer { tcsetattr(terminal, TCSANOW, &before) }
    guard !hasInput(terminal, milliseconds: 0) else { return nil }
    let request = Array("\u{1B}]11;?\u{1B}\\\u{1B}[c".utf8)
    guard write(terminal, request, request.count) == request.count else { return nil }
    return background(inAnswer: answer(terminal))
  }

  /// The bytes up to the `c` that ends the terminal's attributes, or as many as come in time.
  private static func answer(_ terminal: Int32) -> String {
    var bytes: [UInt8] = []
    // Long enough for a distant terminal: what comes later would be taken for typed.
    let deadline = ContinuousClock.now + .seconds(1)
    while bytes.count < 256, ContinuousClock.now < deadline, hasInput(terminal, milliseconds: 1000) {
      var byte: UInt8 = 0
      guard read(terminal, &byte, 1) == 1 else { break }
      bytes.append(byte)
      // Hexadecimal digits of the colour stand before the attributes' own `ESC [ ?`.
      if byte == UInt8(ascii: "c"), bytes.contains(UInt8(ascii: "?")) { break }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func hasInput(_ terminal: Int32, milliseconds: Int32) -> Bool {
    var wanted = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
    return poll(&wanted, 1, milliseconds) == 1
  }

  /// `ESC ] 11 ; rgb:RRRR/GGGG/BBBB`, with one to four digits a component.
  private static func background(inAnswer answer: String) -> ScoreColor.Background? {
    let color = /11;rgba?:([0-9A-Fa-f]+)\/([0-9A-Fa-f]+)\/([0-9A-Fa-f]+)/
    guard let found = answer.firstMatch(of: color) else { return nil }
    let shares = [found.output.1, found.output.2, found.output.3].map { digits -> Double in
      guard digits.count <= 4, let value = Int(digits, radix: 16) else { return 0 }
      return Double(value) / Double((1 << (4 * digits.count)) - 1)
    }
    // Luma as in ITU-R BT.601.
    return 0.299 * shares[0] + 0.587 * shares[1] + 0.114 * shares[2] < 0.5 ? .dark : .light
  }
}
