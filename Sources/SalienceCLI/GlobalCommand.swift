import ArgumentParser
import SalienceJSON
import SalienceReports

struct GlobalCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "global", abstract: "Tell which words push the model's outputs over a whole run.",
    discussion: """
      Examples:
        salience global out/demo
        salience global out/demo --by label --top 500 --output words.parquet
      """)

  @Argument(help: "The run directory.") var runDirectory: String
  @Flag(help: "Tokens instead of words.") var tokens = false
  @Option(help: "A column of the predictions: each of its values on its own; label, predicted or one that was kept.")
  var by: String?
  @Option(help: "Words from each end: the highest means and the lowest.") var top = GlobalImportance.Request.usualTop
  @Option(help: "Occurrences that a word needs.") var leastCount = GlobalImportance.Request.usualLeast
  @Option(help: "Replicates of the bootstrap that the intervals come from.")
  var replicates = GlobalImportance.Request.usualReplicates
  @Option(help: "Another number, other replicates.") var seed: UInt64 = 0
  @Option(help: "A file for the table; its name ends in .parquet or .csv.") var output: String?
  @Flag(help: "Take what is there of an unfinished or damaged run.") var partial = false
  @Flag(help: "Leave texts that look like spreadsheet formulas as they are.") var csvRaw = false
  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "No table on the terminal where it goes to a file, and no warning of what is missing.") var quiet = false

  func validate() throws {
    try requirePaths([("RUN_DIR", runDirectory)] + (output.map { [("--output", $0)] } ?? []))
    guard (1...10_000).contains(top) else { throw ValidationError("--top is from 1 to 10000") }
    guard leastCount >= 1 else { throw ValidationError("--least-count is at least 1") }
    guard (2...10_000).contains(replicates) else { throw ValidationError("--replicates is from 2 to 10000") }
    if let output, tableFormat(of: output, csvRaw: csvRaw) == nil {
      throw ValidationError("--output ends in .parquet or .csv")
    }
  }

  func run() async throws {
    try await reportingFailures {
      let whole = try WholeRun(runDirectory, isPartial: partial)
      if !quiet { whole.warn(runDirectory) }
      let found = try GlobalImportance(
        try RunDirectory(path: runDirectory),
        GlobalImportance.Request(
          tokens: tokens, slice: by, top: top, leastOccurrences: leastCount, replicates: replicates, seed: seed))
      if let output, let format = tableFormat(of: output, csvRaw: csvRaw) { try found.write(to: output, as: format) }
      if json {
        try writeResult(found.json)
      } else if output == nil {
        for line in found.text { try writeResult(line) }
      } else if !quiet, let output {
        writeMessage("\(output): \(found.rows.count) rows")
      }
    }
  }
}
