import ArgumentParser
import SalienceJSON
import SalienceReports

struct NMFCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nmf", abstract: "Factorise the activations of a whole run into a few components.",
    discussion: """
      Reads the activations that a method of the run has written, such as
      {name: activations, part: neurons, top_k: all}.

      Examples:
        salience nmf out/neurons
        salience nmf out/neurons --components 12 --output factors.parquet
      """)

  @Argument(help: "The run directory.") var runDirectory: String
  @Option(help: "The id of the method whose activations are taken; the only one by default.") var method: String?
  @Option(help: "Components.") var components = ActivationFactors.Request.usualComponents
  @Option(help: "The most iterations.") var iterations = ActivationFactors.Request.usualIterations
  @Option(help: "Stop where ten iterations lessen the error by a smaller part of the first one; 0 for all iterations.")
  var tolerance = ActivationFactors.Request.usualTolerance
  @Option(help: "Another number, another beginning.") var seed: UInt64 = 0
  @Option(help: "Tokens that are told of each component.") var top = ActivationFactors.Request.usualTop
  @Option(help: "A file for every token's weights; its name ends in .parquet or .csv.") var output: String?
  @Flag(help: "Take what is there of an unfinished or damaged run.") var partial = false
  @Flag(help: "Leave texts that look like spreadsheet formulas as they are.") var csvRaw = false
  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "Nothing on the terminal where weights go to a file, and no warning of what is missing.")
  var quiet = false

  func validate() throws {
    try requirePaths([("RUN_DIR", runDirectory)] + (output.map { [("--output", $0)] } ?? []))
    guard (1...1000).contains(components) else { throw ValidationError("--components is from 1 to 1000") }
    guard (1...100_000).contains(iterations) else { throw ValidationError("--iterations is from 1 to 100000") }
    guard tolerance >= 0, tolerance < 1 else { throw ValidationError("--tolerance is at least 0 and below 1") }
    guard (1...10_000).contains(top) else { throw ValidationError("--top is from 1 to 10000") }
    if let output, tableFormat(of: output, csvRaw: csvRaw) == nil {
      throw ValidationError("--output ends in .parquet or .csv")
    }
  }

  func run() async throws {
    try await reportingFailures {
      let whole = try WholeRun(runDirectory, isPartial: partial)
      if !quiet { whole.warn(runDirectory) }
      let found = try ActivationFactors(
        try RunDirectory(path: runDirectory),
        ActivationFactors.Request(
          method: method, components: components, iterations: iterations, tolerance: tolerance, seed: seed, top: top))
      if let output, let format = tableFormat(of: output, csvRaw: csvRaw) { try found.write(to: output, as: format) }
      if json {
        try writeResult(found.json)
      } else if output == nil || !quiet {
        for line in found.text { try writeResult(line) }
      }
    }
  }
}
