import Foundation
import Testing

extension EndToEndTests {
  @Suite struct AttributeCommand {
    private static let arguments = [
      "attribute", "a good film", "--model", TinyPipeline.checkpoint("bert-2-f32"), "--steps", "4",
    ]

    @Test func jsonHoldsTokensAndDelta() throws {
      let result = try SalienceBinary.run(Self.arguments + ["--json"], in: ScratchDirectory())
      try #require(result.status == 0, "\(result.errors)")
      #expect(result.errors.isEmpty)
      let parsed = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
      let scored = try #require(parsed as? [String: Any])
      let explanation = try #require((scored["explanations"] as? [[String: Any]])?.first)
      let tokens = try #require(explanation["tokens"] as? [[String: Any]])
      #expect(tokens.map { $0["token"] as? String } == ["[CLS]", "a", "good", "film", "[SEP]"])
      func number(_ key: String) throws -> Double { try #require(explanation[key] as? Double) }
      let sum = try tokens.reduce(0) { try $0 + #require($1["attribution"] as? Double) }
      #expect(try abs(sum - number("attribution_sum")) < 1e-5)
      let delta = try number("attribution_sum") - (number("output") - number("baseline_output"))
      #expect(try abs(delta - number("convergence_delta")) < 1e-5)
    }

    @Test func coloursOnATerminalUnlessNoColorIsSet() throws {
      let coloured = try Self.onTerminal(environment: ["TERM": "xterm", "NO_COLOR": ""])
      #expect(coloured.contains("\u{1B}["))
      #expect(coloured.contains("good"))
      let plain = try Self.onTerminal(environment: ["TERM": "xterm", "NO_COLOR": "1"])
      #expect(!plain.contains("\u{1B}"))
      #expect(plain.contains("good"))
    }

    @Test func noColoursInAFile() throws {
      let result = try SalienceBinary.run(
        Self.arguments, environment: ["TERM": "xterm", "NO_COLOR": ""], in: ScratchDirectory())
      #expect(result.status == 0)
      #expect(result.output.contains("good") && !result.output.contains("\u{1B}"))
    }

    /// What the command prints on a pseudo-terminal; the text is far below what one buffers.
    private static func onTerminal(environment: [String: String]) throws -> String {
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
}
