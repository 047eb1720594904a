import ArgumentParser
import Foundation
import SalienceJSON
import SaliencePipeline
import SalienceReports

struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write every token, or every word, of a run as CSV.",
    discussion: """
      Examples:
        salience export out/demo --format csv --output tokens.csv
        salience export out/demo --format csv --words sum --output words.csv
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case csv }

  @Argument(help: "The run directory.") var runDirectory: String
  @Option(help: "csv.") var format = Format.csv
  @Option(help: "A file; '-' is standard output.") var output = "-"
  @Option(help: "One line per word: sum, mean or maximum (by magnitude, with its sign) of its tokens' scores.")
  var words: WordMerge?
  @Flag(help: "Export what is there of an unfinished or damaged run.") var partial = false
  @Flag(help: "Leave texts that look like spreadsheet formulas as they are.") var csvRaw = false
  @Flag(help: "Print what was written to the file of --output as JSON.") var json = false
  @Flag(help: "No message at the end.") var quiet = false

  func validate() throws {
    try requirePaths([("RUN_DIR", runDirectory), ("--output", output)])
    // Standard output holds either the table or the account of it.
    if json && output == "-" {
      throw ValidationError("--json tells what was written to a file: name one with --output FILE")
    }
  }

  func run() async throws {
    try await reportingFailures {
      let whole = try WholeRun(runDirectory, isPartial: partial)
      let run = try RunDirectory(path: runDirectory)
      if !quiet { whole.warn(runDirectory) }
      let target =
        output == "-"
        ? standardOutputForTable() : try FileOutput(replacing: output)
      let written: (models: [String], rows: Int64, what: String, lines: Int64)
      if let words {
        let exported = try WordCSV.export(run, merge: words, raw: csvRaw, to: target)
        written = (exported.models, exported.rows, "words", exported.words)
      } else {
        let exported = try TokenCSV.export(run, raw: csvRaw, to: target)
        written = (exported.models, exported.rows, "tokens", exported.tokens)
      }
      try target.finish()
      if json {
        let members: [JSONMember] = [
          JSONMember(name: "path", value: .string(output)),
          JSONMember(name: "format", value: .string(format.rawValue)),
          JSONMember(name: "models", value: .array(written.models.map(JSONValue.string))),
          JSONMember(name: "rows", value: .integer(written.rows)),
          JSONMember(name: written.what, value: .integer(written.lines)),
          JSONMember(name: "missing", value: .array(whole.faults.map(JSONValue.string))),
        ]
        try writeResult(JSONValue.object(members))
      } else if !quiet && output != "-" {
        writeMessage("\(output): \(written.lines) \(written.what)")
      }
    }
  }
}

extension WordMerge: ExpressibleByArgument {}
