import ArgumentParser
import Salience

@main
struct SalienceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "salience", abstract: "Which tokens made the model decide this, for a whole dataset.",
    discussion: "Example: salience run pipelines/demo.yaml", version: salienceVersion,
    subcommands: [
      RunCommand.self, AttributeCommand.self, ExportCommand.self, CompareCommand.self, CheckCommand.self,
      VerifyCommand.self, DevicesCommand.self,
    ])

  static func main() async {
    Terminal.occupyStandardDescriptors()
    do {
      var command = try await asyncParseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      endProcess(.success)
    } catch {
      // Help and the version are errors too, of code 0.
      let (text, code) = (fullMessage(for: error), exitCode(for: error))
      if code != .success, !text.isEmpty { writeToStandardError(text + "\n") }
      if code == .success, !text.isEmpty { print(text) }
      endProcess(code)
    }
  }
}
