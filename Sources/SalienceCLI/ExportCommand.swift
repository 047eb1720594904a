import ArgumentParser
import Foundation
import SaliencePipeline
import SalienceReports

struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write every token of a run as CSV.",
    discussion: "Example: salience export out/demo --format csv --output tokens.csv")

  enum Format: String, ExpressibleByArgument, CaseIterable { case csv }

  @Argument(help: "The run directory.") var runDirectory: String
  @Option(help: "csv.") var format = Format.csv
  @Option(help: "A file; '-' is standard output.") var output = "-"
  @Flag(help: "Leave texts that look like spreadsheet formulas as they are.") var csvRaw = false
  @Flag(help: "No message at the end.") var quiet = false

  func run() async throws {
    try await reportingFailures {
      let run = try RunDirectory(path: runDirectory)
      let target = output == "-"
        ? FileOutput(descriptor: STDOUT_FILENO, name: "standard output") : try FileOutput(creating: output)
      let lines = try TokenCSV.export(run, raw: csvRaw, to: target)
      try target.finish()
      if !quiet && output != "-" { writeToStandardError("\(output): \(lines) tokens\n") }
    }
  }
}
