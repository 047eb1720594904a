import ArgumentParser
import SalienceJSON
import SalienceReports

struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare checkpoints, inside a run or across runs.",
    discussion: """
      Examples:
        salience compare out/demo --output out/demo-comparison
        salience compare out/demo --pairs checkpoint-0100:checkpoint-8000 --output out/demo-comparison
      """)

  @Argument(help: "One run with several models, or several runs.") var runDirectories: [String]
  @Option(help: "The directory for comparison.parquet, words.parquet and their CSV.") var output: String
  @Option(help: "consecutive (each with the one before), first, all, or two of them as A:B.")
  var pairs = "consecutive"
  @Option(help: "k of the top-k Jaccard index.") var top = 5
  @Option(help: "Uses that a word needs under either model to be listed.") var minimumCount = 5
  @Flag(help: "Compare what is there of an unfinished or damaged run.") var partial = false
  @Flag(help: "Leave texts that look like spreadsheet formulas as they are in the CSV.") var csvRaw = false
  @Flag(help: "Print the summary as JSON.") var json = false
  @Flag(help: "No summary, unless --json asks for it.") var quiet = false

  func validate() throws {
    guard top > 0, minimumCount > 0 else { throw ValidationError("--top and --minimum-count are 1 or more") }
    guard ComparisonPairs(pairs) != nil else {
      throw ValidationError("--pairs is consecutive, first, all, or the names of two checkpoints as A:B")
    }
    try requirePaths([("--output", output)] + runDirectories.map { ("RUN_DIR", $0) })
  }

  func run() async throws {
    try await reportingFailures {
      let whole = try runDirectories.map { try WholeRun($0, isPartial: partial) }
      let pairs = try Comparison.pairs(
        of: runDirectories.map(RunDirectory.init(path:)), choosing: ComparisonPairs(pairs) ?? .consecutive)
      if !quiet { for (path, run) in zip(runDirectories, whole) { run.warn(path) } }
      let summaries = try Comparison(k: top, minimumCount: minimumCount, raw: csvRaw).write(pairs, to: output)
      if json {
        let value: JSONValue = [
          "directory": .string(output), "missing": .array(whole.flatMap(\.faults).map(JSONValue.string)),
          "comparisons": .array(summaries.map { $0.json() }),
        ]
        try writeResult(value)
      } else if !quiet {
        for summary in summaries { try writeResult(linesOf: summary.text()) }
      }
    }
  }
}
