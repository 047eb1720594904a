import ArgumentParser
import Salience
import SaliencePipeline

@main
struct SalienceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "salience", abstract: "Which tokens made the model decide this, for a whole dataset.",
    discussion: "Example: salience run pipelines/demo.yaml", version: salienceVersion,
    subcommands: [
      RunCommand.self, AttributeCommand.self, ExportCommand.self, CompareCommand.self, GlobalCommand.self,
      RankCommand.self, NMFCommand.self,
      CheckCommand.self, VerifyCommand.self, DevicesCommand.self,
    ])

  static func main() async {
    Interruption.endProcessAtOnce()
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
      let arguments = Array(CommandLine.arguments.dropFirst())
      // The parser shows the general help where the command that help is wanted for does not exist.
      let isUnknownHelp = arguments.first == "help" && CommandLineFault.unknownCommand(arguments) != nil
      let code = isUnknownHelp ? .validationFailure : exitCode(for: error)
      if code == .success {
        // Help and the version are errors too, of code 0.
        try? writeResult(linesOf: fullMessage(for: error))
      } else if !message(for: error).isEmpty {
        let fault = CommandLineFault(error, arguments: arguments)
        writeError(fault.message)
        writeMessage(linesOf: fault.usage)
      }
      endProcess(code)
    }
  }
}
