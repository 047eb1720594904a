import Foundation
import Testing

extension EndToEndTests {
  /// docs/commands.md lists the options that the commands have.
  @Suite struct CommandsPageTests {
    private static let begin = "<!-- generated: commands -->\n"
    private static let end = "<!-- end -->"

    /// `SALIENCE_WRITE_DOCS=1` writes the page instead; `make docs` does so.
    @Test("docs/commands.md is what the commands' own help says")
    func pageIsUpToDate() throws {
      let scratch = try ScratchDirectory()
      let help = try SalienceBinary.run(["--experimental-dump-help"], in: scratch)
      try #require(help.status == 0, "\(help.errors)")
      let generated = try JSONDecoder().decode(CommandsPage.self, from: Data(help.output.utf8)).markdown
      let path = "\(SalienceBinary.packageRoot)/docs/commands.md"
      let page = try String(contentsOfFile: path, encoding: .utf8)
      let begin = try #require(page.range(of: Self.begin), "\(path) has no line \(Self.begin)")
      let end = try #require(page.range(of: Self.end, range: begin.upperBound..<page.endIndex))
      if ProcessInfo.processInfo.environment["SALIENCE_WRITE_DOCS"] != nil {
        let written = page.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: generated)
        try written.write(toFile: path, atomically: true, encoding: .utf8)
      } else {
        let isUpToDate = page[begin.upperBound..<end.lowerBound] == generated
        #expect(isUpToDate, "docs/commands.md is out of date: make docs writes it anew")
      }
      for option in ["`--resume`", "`--pairs <pairs>`", "`<pipeline>`", "`--words <words>`"] {
        #expect(generated.contains(option))
      }
      #expect(!generated.contains("inject-fault"), "hidden options stay hidden")
    }
  }
}
