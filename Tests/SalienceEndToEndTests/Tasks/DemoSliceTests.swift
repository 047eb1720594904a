import Foundation
import Testing

extension EndToEndTests {
  /// The demonstration over its first 60 rows.
  @Suite struct DemoSlice {
    private static let python = ProcessInfo.processInfo.environment["SALIENCE_PYTHON"]

    private static func run(to output: String, in scratch: ScratchDirectory) throws -> SalienceBinary.Result {
      let result = try SalienceBinary.run(
        ["run", "pipelines/demo.yaml", "--limit", "60", "--output", output], in: scratch)
      try #require(result.status == 0, "\(result.errors)")
      return result
    }

    @Test func twoRunsAreByteIdentical() throws {
      let scratch = try ScratchDirectory()
      let first = try Self.run(to: "\(scratch.path)/first", in: scratch)
      #expect(first.output.isEmpty, "progress goes to standard error")
      #expect(first.errors.contains("120/120 rows"), "\(first.errors)")
      #expect(!first.errors.contains("\u{1B}"), "no terminal, no colours")
      _ = try Self.run(to: "\(scratch.path)/second", in: scratch)
      let tables = try FileTree.tables(of: "\(scratch.path)/first")
      let expected = ["attributions", "explanations", "predictions"].flatMap { table in
        ["0100", "8000"].map { "\(table)/model=checkpoint-\($0)/part-00000.parquet" }
      }
      #expect(tables.paths == expected + ["tokens.csv"])
      #expect(try FileTree.tables(of: "\(scratch.path)/second").differences(from: tables).isEmpty)

      let exported = try SalienceBinary.run(["export", "\(scratch.path)/first", "--output", "-"], in: scratch)
      #expect(exported.status == 0)
      #expect(exported.errors.isEmpty)
      #expect(Data(exported.output.utf8) == tables.contents["tokens.csv"])
      #expect(exported.output.hasPrefix("model,row,example_id,method,target,"))
    }

    @Test(.enabled(if: python != nil, "SALIENCE_PYTHON names no Python with pyarrow, duckdb, polars and pandas"))
    func otherReadersAgree() throws {
      let python = try #require(Self.python)
      let scratch = try ScratchDirectory()
      let run = "\(scratch.path)/run"
      let comparison = "\(scratch.path)/comparison"
      _ = try Self.run(to: run, in: scratch)
      let compared = try SalienceBinary.run(["compare", run, "--output", comparison], in: scratch)
      try #require(compared.status == 0, "\(compared.errors)")
      #expect(compared.output.contains("checkpoint-0100 -> checkpoint-8000"))
      #expect(compared.errors.isEmpty)
      let script = "\(SalienceBinary.packageRoot)/Tests/SalienceEndToEndTests/Python/read_tables.py"
      let checked = try SalienceBinary.run(program: python, [script, run, comparison], in: scratch)
      #expect(checked.status == 0, "\(checked.errors)")
      #expect(checked.output.hasPrefix("120 predictions, "), "\(checked.output)")

      let queries = "\(SalienceBinary.packageRoot)/Tests/SalienceEndToEndTests/Python/read_readme_queries.py"
      let readme = "\(SalienceBinary.packageRoot)/README.md"
      let answered = try SalienceBinary.run(program: python, [queries, readme, run], in: scratch)
      #expect(answered.status == 0, "\(answered.errors)")
    }
  }
}
