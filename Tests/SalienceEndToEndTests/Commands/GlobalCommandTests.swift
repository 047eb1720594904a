import Foundation
import Testing

extension EndToEndTests {
  /// `salience global`: exact counts and means, as pandas finds them in the attributions table.
  @Suite struct GlobalCommand {
    private static let python = ProcessInfo.processInfo.environment["SALIENCE_PYTHON"]
    private static let dataset =
      "id,text,channel\n"
      + (0..<40).map { row in
        let words = ["a good film", "a dull film", "The film was good, good!", "nothing"][row % 4]
        return "\(row),\"\(words)\",\(row % 3 == 0 ? "mail" : "web")\n"
      }.joined()

    private func run(_ options: String...) throws -> (tiny: TinyPipeline, run: String) {
      let tiny = try TinyPipeline(dataset: Self.dataset)
      let result = try SalienceBinary.run(
        ["run", tiny.path, "--set", "dataset.columns.keep=[channel]"] + options, in: tiny.scratch)
      try #require(result.status == 0, "\(result.errors)")
      return (tiny, tiny.output)
    }

    @Test(.enabled(if: python != nil, "SALIENCE_PYTHON names no Python with pyarrow, duckdb, polars and pandas"))
    func agreesWithPandas() throws {
      let python = try #require(Self.python)
      let script = "\(SalienceBinary.packageRoot)/Tests/SalienceEndToEndTests/Python/global_words.py"
      let (tiny, run) = try run()
      for options in [[], ["--by", "channel"], ["--by", "predicted", "--tokens"], ["--by", "correct"]] {
        let table = "\(tiny.scratch.path)/global.parquet"
        let result = try SalienceBinary.run(
          ["global", run, "--output", table, "--top", "3", "--least-count", "2"] + options, in: tiny.scratch)
        try #require(result.status == 0, "\(result.errors)")
        let checked = try SalienceBinary.run(
          program: python, [script, run, table, "3", "2"] + options, in: tiny.scratch)
        #expect(checked.status == 0, "\(options): \(checked.output)\(checked.errors)")
      }
    }

    @Test func printsAndRepeats() throws {
      let (tiny, run) = try run()
      let shown = try SalienceBinary.run(["global", run, "--least-count", "1"], in: tiny.scratch)
      #expect(shown.status == 0 && shown.output.contains("good") && shown.output.contains("95 % interval"))
      let first = try SalienceBinary.run(["global", run, "--json", "--seed", "3"], in: tiny.scratch)
      let second = try SalienceBinary.run(["global", run, "--json", "--seed", "3"], in: tiny.scratch)
      let other = try SalienceBinary.run(["global", run, "--json", "--seed", "4"], in: tiny.scratch)
      #expect(first.status == 0 && first.output == second.output && first.output != other.output)
    }

    @Test(arguments: [
      (["--by", "nosuch"], 64, "no column 'nosuch'"), (["--by", "logits"], 64, "holds neither"),
      (["--top", "0"], 64, "--top is from"), (["--output", "table.txt"], 64, "ends in .parquet or .csv"),
      (["--least-count", "0"], 64, "--least-count"), (["--replicates", "1"], 64, "--replicates"),
    ])
    func badOptionsAreNamed(_ options: [String], _ status: Int32, _ message: String) throws {
      let (tiny, run) = try run()
      let result = try SalienceBinary.run(["global", run] + options, in: tiny.scratch)
      #expect(result.status == status && result.errors.contains(message), "\(result.errors)")
    }

    @Test func runsWithoutTextsHaveNoWords() throws {
      let (tiny, run) = try run("--set", "output.text=false")
      let result = try SalienceBinary.run(["global", run], in: tiny.scratch)
      #expect(result.status == 65 && result.errors.contains("holds no tokens"), "\(result.errors)")
    }
  }
}
