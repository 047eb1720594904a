import ArgumentParser
import SalienceJSON
import SalienceReports

struct RankCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rank", abstract: "Rank a run's methods by how faithful their explanations are.",
    discussion: """
      Reads the metrics that the pipeline's key 'faithfulness' asked for.
      Example: salience rank out/demo
      """)

  @Argument(help: "The run directory.") var runDirectory: String
  @Option(help: "Replicates of the bootstrap that the intervals come from.")
  var replicates = RunDirectory.standardReplicates
  @Option(help: "Another number, other replicates.") var seed: UInt64 = 0
  @Flag(help: "Rank by what is there of an unfinished or damaged run.") var partial = false
  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "No warning of what is missing.") var quiet = false

  func validate() throws {
    try requirePaths([("RUN_DIR", runDirectory)])
    guard (2...100_000).contains(replicates) else { throw ValidationError("--replicates is from 2 to 100000") }
  }

  func run() async throws {
    try await reportingFailures {
      let whole = try WholeRun(runDirectory, isPartial: partial)
      let rankings = try RunDirectory(path: runDirectory).rankings(replicates: replicates, seed: seed)
      if !quiet { whole.warn(runDirectory) }
      if json {
        try writeResult([
          "directory": .string(runDirectory), "replicates": .integer(replicates),
          "missing": .array(whole.faults.map(JSONValue.string)), "models": .array(rankings.map(\.json)),
        ])
      } else {
        for ranking in rankings { try writeResult(linesOf: ranking.text) }
      }
    }
  }
}
