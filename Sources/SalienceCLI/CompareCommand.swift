import ArgumentParser
import SalienceJSON
import SalienceReports

struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare checkpoints, inside a run or across runs.",
    discussion: "Example: salience compare out/demo --output out/demo-comparison")

  @Argument(help: "One run with several models, or several runs.") var runDirectories: [String]
  @Option(help: "The directory for comparison.parquet, words.parquet and their CSV.") var output: String
  @Option(help: "k of the top-k Jaccard index.") var top = 5
  @Option(help: "Uses that a word needs under either model to be listed.") var minimumCount = 5
  @Flag(help: "Leave texts that look like spreadsheet formulas as they are in the CSV.") var csvRaw = false
  @Flag(help: "Print the summary as JSON.") var json = false
  @Flag(help: "No summary, unless --json asks for it.") var quiet = false

  func validate() throws {
    guard !output.isEmpty else { throw ValidationError("--output takes a directory, which is made where it is none") }
    guard top > 0, minimumCount > 0 else { throw ValidationError("--top and --minimum-count are 1 or more") }
  }

  func run() async throws {
    try await reportingFailures {
      let pairs = try Comparison.pairs(of: runDirectories.map(RunDirectory.init(path:)))
      let summaries = try Comparison(k: top, minimumCount: minimumCount, raw: csvRaw).write(pairs, to: output)
      if json {
        let value: JSONValue = ["directory": .string(output), "comparisons": .array(summaries.map { $0.json() })]
        try writeResult(value)
      } else if !quiet {
        for summary in summaries { try writeResult(linesOf: summary.text()) }
      }
    }
  }
}
