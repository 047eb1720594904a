import Foundation
import Testing

extension EndToEndTests {
  /// Methods of attention, from the pipeline file to their table.
  @Suite struct AttentionRun {
    private static let methods = """
      methods=[{name: attention, top_k: all}, {name: attention-rollout, top_k: all}, {name: value-weighted-attention}, \
      {name: attention-x-gradient, top_k: all}, {name: attention, id: cut, layers: [1], heads: 0, top_k: 2}]
      """

    private func parts(_ table: String, of run: String) throws -> [String] {
      try FileManager.default.subpathsOfDirectory(atPath: run).filter {
        $0.hasPrefix("\(table)/") && $0.hasSuffix(".parquet")
      }
    }

    @Test(
      .enabled(
        if: ProcessInfo.processInfo.environment["SALIENCE_PYTHON"] != nil, "SALIENCE_PYTHON names no Python with duckdb"
      ))
    func pythonReadsTheTable() throws {
      let tiny = try TinyPipeline()
      let run = try tiny.run("--set", Self.methods)
      try #require(run.status == 0, "\(run.errors)")
      let checked = try SalienceBinary.run(
        program: try #require(ProcessInfo.processInfo.environment["SALIENCE_PYTHON"]),
        ["\(SalienceBinary.packageRoot)/Tests/SalienceEndToEndTests/Python/read_attention.py", tiny.output],
        in: tiny.scratch)
      #expect(checked.status == 0 && checked.output.contains("pairs agree"), "\(checked.errors)")
    }

    /// No token's text is told where no text may be, and a method without attention has no such table.
    @Test func withoutText() throws {
      let tiny = try TinyPipeline(dataset: "id,text\na,an unmistakable film\n")
      let run = try tiny.run("--set", Self.methods, "--set", "output.text=false", "--set", "output.formats=[parquet]")
      try #require(run.status == 0, "\(run.errors)")
      #expect(try parts("attention", of: tiny.output).count == 1)
      for path in try parts("attention", of: tiny.output) {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(tiny.output)/\(path)"))
        #expect(bytes.range(of: Data("film".utf8)) == nil)
      }
      let plain = try TinyPipeline()
      try #require(try plain.run().status == 0)
      #expect(try parts("attention", of: plain.output).isEmpty)
    }

    /// Killed and resumed, the tables are those of a run that was not interrupted.
    @Test func resumedAfterAKill() throws {
      let scratch = try ScratchDirectory()
      func run(to output: String, _ options: String..., killWhen: (() -> Bool)? = nil) throws -> SalienceBinary.Result {
        try SalienceBinary.run(
          [
            "run", "pipelines/demo.yaml", "--limit", "1200", "--set", "models=[models/demo/checkpoint-0100]", "--set",
            "methods=[{name: attention, top_k: 2, layers: 0, from: output}]", "--output", output, "--quiet",
          ] + options, in: scratch, killWhen: killWhen)
      }
      func manifests(_ run: String) -> Int {
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: "\(run)/state")) ?? []
        return paths.count { $0.contains("/unit-") && $0.hasSuffix(".json") }
      }
      let (whole, resumed) = ("\(scratch.path)/whole", "\(scratch.path)/resumed")
      try #require(try run(to: whole).status == 0)
      let killed = try run(to: resumed) { manifests(resumed) > 0 }
      try #require(killed.wasKilled)
      let rest = try run(to: resumed, "--resume")
      try #require(rest.status == 0, "\(rest.errors)")
      #expect(try FileTree.tables(of: resumed).differences(from: .tables(of: whole)).isEmpty)
      #expect(try !parts("attention", of: whole).isEmpty)
    }

    @Test(arguments: [
      ("layers: [0, 7]", "no layer 7: the model has layers 0 to 1"), ("heads: 9", "no head 9: layer 0 has heads 0 to"),
      ("layers: [0, 0]", "'methods.0.layers' names 0 twice"), ("top_k: 0", "'methods.0.top_k' must be"),
      ("heads: none", "'methods.0.heads' must be all, or numbers from 0 to 32767, not 'none'"),
    ])
    func badSettings(setting: String, message: String) throws {
      let tiny = try TinyPipeline()
      let run = try tiny.run("--set", "methods=[{name: attention, \(setting)}]")
      #expect(run.status == 64 && run.errors.contains(message), "\(run.errors)")
    }
  }
}
