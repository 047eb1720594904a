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
    await main(nil)
  }
}
