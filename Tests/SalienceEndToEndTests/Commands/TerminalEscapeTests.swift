import Foundation
import Testing

extension EndToEndTests {
  /// Names and texts that would steer or mislead a terminal: none of their characters reaches one as it is.
  @Suite struct TerminalEscapes {
    /// Colour, title, C1's CSI, DEL, directions and a line end.
    private static let hostile = "a\u{1B}[31mb\u{1B}]0;t\u{7}c\u{9B}d\u{7F}e\u{202E}f\u{2066}g\u{61C}h\u{200F}i\nj"
    private static let shown =
      #"a\u{1B}[31mb\u{1B}]0;t\u{7}c\u{9B}d\u{7F}e\u{202E}f\u{2066}g\u{61C}h\u{200F}i\nj"#

    private let scratch: ScratchDirectory
    /// A folder of that name with a pipeline, its dataset and its model.
    private let folder: String
    private var pipeline: String { "\(folder)/\(Self.hostile).yaml" }
    private var model: String { "\(folder)/model\(Self.hostile)" }
    private var run: String { "\(folder)/run" }

    init() throws {
      scratch = try ScratchDirectory()
      folder = "\(scratch.path)/\(Self.hostile)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        atPath: TinyPipeline.checkpoint("bert-2-f32"), toPath: "\(folder)/model\(Self.hostile)")
      let text = "plain \u{1B}[31mred\u{1B}[0m \u{1B}]0;title\u{7} text"
      try Data("id,text\n1,\"\(text)\"\n2,\"\(text)\",surplus\n".utf8).write(
        to: URL(fileURLWithPath: "\(folder)/texts.csv"))
      let quoted = Self.quotedForYAML(folder)
      let name = quoted.split(separator: "/").last.map(String.init) ?? ""
      try Data(
        """
        models: ["\(quoted)/model\(name)"]
        dataset: {path: "\(quoted)/texts.csv", columns: {id: id, text: text}}
        methods: [{name: integrated-gradients, steps: 2}]
        max_bad_rows: 50%
        output: {directory: "\(quoted)/run"}

        """.utf8
      ).write(to: URL(fileURLWithPath: "\(folder)/\(Self.hostile).yaml"))
    }

    /// What YAML takes between double quotes.
    private static func quotedForYAML(_ text: String) -> String {
      text.unicodeScalars.map { scalar in
        let digits = String(scalar.value, radix: 16)
        return (0x20..<0x7F).contains(scalar.value)
          ? String(scalar) : "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
      }
      .joined()
    }

    private func expectHarmless(
      _ arguments: [String], exits status: Int32, naming: [String] = [Self.shown],
      sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      let result = try SalienceBinary.run(arguments, in: scratch)
      #expect(result.status == status, "\(result.errors)", sourceLocation: sourceLocation)
      let printed = result.output + result.errors
      #expect(Self.steering(printed) == [], "\(printed)", sourceLocation: sourceLocation)
      for name in naming { #expect(printed.contains(name), "\(printed)", sourceLocation: sourceLocation) }
    }

    /// What is left of control and direction characters besides line ends.
    private static func steering(_ text: String) -> [String] {
      text.unicodeScalars.filter {
        $0 != "\n" && ($0.properties.generalCategory == .control || $0.properties.isBidiControl)
      }
      .map { String($0.value, radix: 16) }
    }

    @Test func everyCommandThatSucceeds() throws {
      try expectHarmless(["check", pipeline], exits: 0)
      try expectHarmless(["run", pipeline], exits: 0)
      try expectHarmless(["verify", run], exits: 0)
      try expectHarmless(["export", run, "--output", "\(folder)/\(Self.hostile).csv"], exits: 0)
      try expectHarmless(["compare", run, run, "--output", "\(folder)/compared"], exits: 0, naming: [Self.shown])
      try expectHarmless(["attribute", Self.hostile, "--model", model, "--steps", "2"], exits: 0, naming: [])
    }

    @Test func everyCommandThatFails() throws {
      let missing = "\(folder)/missing"
      try expectHarmless(["check", missing], exits: 66)
      try expectHarmless(["run", missing], exits: 66)
      try expectHarmless(["run", pipeline, "--max-bad-rows", "0"], exits: 65)
      try expectHarmless(["run", pipeline], exits: 73)
      for table in ["predictions", "errors"] { try FileManager.default.removeItem(atPath: "\(run)/\(table)") }
      try expectHarmless(["verify", run], exits: 65)
      try expectHarmless(["verify", missing], exits: 66)
      try expectHarmless(["export", missing], exits: 66, naming: [])
      try expectHarmless(["compare", missing, "--output", missing], exits: 66, naming: [])
      try expectHarmless(["attribute", "text", "--model", missing], exits: 66, naming: [])
      try expectHarmless(["run", pipeline, "--device", Self.hostile], exits: 64)
      try expectHarmless(["run", pipeline, "--set", "\(Self.hostile)=1"], exits: 64)
      try expectHarmless(["attribute", "text", "--model", model, "--target", Self.hostile], exits: 64)
    }

    @Test(arguments: ["run", "check", "verify", "export", "compare", "attribute", "devices"])
    func everyUsageError(_ command: String) throws {
      try expectHarmless([command, "--\(Self.hostile)"], exits: 64)
      try expectHarmless([command, "a", "--quiet=\(Self.hostile)"], exits: 64)
      try expectHarmless(["\(command)\(Self.hostile)"], exits: 64)
    }

    /// JSON escapes them in its own way, and reads as the names that there are.
    @Test func jsonKeepsTheNames() throws {
      for command in [["check", pipeline], ["run", pipeline, "--quiet"], ["verify", run]] {
        let arguments = command + ["--json"]
        let result = try SalienceBinary.run(arguments, in: scratch)
        try #require(result.status == 0, "\(result.errors)")
        #expect(Self.steering(result.output) == [])
        let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        let output = (json?["pipeline"] as? [String: Any])?["output"] as? [String: Any]
        #expect((json?["directory"] ?? output?["directory"]) as? String == run)
      }
    }

    /// A table goes into a file or a pipe as it is; on a terminal its texts are written out.
    @Test func tablesOnATerminal() throws {
      try #require(try SalienceBinary.run(["run", pipeline], in: scratch).status == 0)
      let piped = try SalienceBinary.run(["export", run], in: scratch)
      #expect(piped.output.contains("model\(Self.hostile)"))
      let shown = try PseudoTerminal.run(["export", run], environment: [:])
      #expect(shown.contains("model" + Self.shown.dropLast(3)))
      #expect(Self.steering(shown.replacing("\r\n", with: "\n")) == [])
    }

    @Test func colouredTextsAreHarmless() throws {
      let arguments = ["attribute", Self.hostile, "--model", model, "--steps", "2"]
      let shown = try PseudoTerminal.run(arguments, environment: ["TERM": "xterm", "NO_COLOR": ""])
      #expect(shown.contains("\u{1B}[38;5;"))
      let withoutColours = shown.replacing(/\u{1B}\[[0-9;]*m/, with: "").replacing("\r\n", with: "\n")
      #expect(Self.steering(withoutColours) == [], "\(withoutColours)")
      #expect(withoutColours.contains(#"\u{202E}"#))
    }
  }
}
