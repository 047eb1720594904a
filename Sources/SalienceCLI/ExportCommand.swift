import ArgumentParser
import Foundation
import SalienceJSON
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
  @Flag(help: "Print what was written to the file of --output as JSON.") var json = false
  @Flag(help: "No message at the end.") var quiet = false

  func validate() throws {
    // Standard output holds either the table or the account of it.
    if json && output == "-" {
      throw ValidationError("--json tells what was written to a file: name one with --output FILE")
    }
  }

  func run() async throws {
    try await reportingFailures {
      let run = try RunDirectory(path: runDirectory)
      let target =
        output == "-"
        ? FileOutput(descriptor: STDOUT_FILENO, name: "standard output") : try FileOutput(creating: output)
      let exported = try TokenCSV.export(run, raw: csvRaw, to: target)
      try target.finish()
      if json {
        let value: JSONValue = [
          "path": .string(output), "format": .string(format.rawValue),
          "models": .array(exported.models.map(JSONValue.string)), "rows": .integer(exported.rows),
          "tokens": .integer(exported.tokens),
        ]
        try writeResult(value.text(pretty: true))
      } else if !quiet && output != "-" {
        writeToStandardError("\(output): \(exported.tokens) tokens\n")
      }
    }
  }
}
