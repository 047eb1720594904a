import Foundation
import SalienceTestSupport
import Testing

extension EndToEndTests {
  /// docs/commands.md lists the options that the commands have.
  @Suite struct CommandsPageTests {
    @Test("docs/commands.md is what the commands' own help says")
    func pageIsUpToDate() throws {
      let scratch = try ScratchDirectory()
      let help = try SalienceBinary.run(["--experimental-dump-help"], in: scratch)
      try #require(help.status == 0, "\(help.errors)")
      let generated = try JSONDecoder().decode(CommandsPage.self, from: Data(help.output.utf8)).markdown
      let isUpToDate = try GeneratedDocument.isUpToDate("commands.md", section: "commands", generated)
      #expect(isUpToDate, "\(GeneratedDocument.advice("commands.md"))")
      for option in ["`--resume`", "`--pairs <pairs>`", "`<pipeline>`", "`--words <words>`"] {
        #expect(generated.contains(option))
      }
      #expect(!generated.contains("inject-fault"), "hidden options stay hidden")
    }
  }
}
