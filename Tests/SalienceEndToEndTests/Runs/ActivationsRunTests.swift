import Foundation
import Testing

extension EndToEndTests {
  /// Methods that look inside a model, from the pipeline file to their table.
  @Suite struct ActivationsRun {
    private static let methods = """
      methods=[{name: activations, top_k: all}, {name: conductance, steps: 4, top_k: all, layer: encoder layer 1}, \
      {name: activations, id: cut, part: neurons, layers: 1, top_k: 2}]
      """

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
        ["\(SalienceBinary.packageRoot)/Tests/SalienceEndToEndTests/Python/read_activations.py", tiny.output],
        in: tiny.scratch)
      #expect(checked.status == 0 && checked.output.contains("values agree"), "\(checked.errors)")
    }

    /// No token's text is told where no text may be.
    @Test func withoutText() throws {
      let tiny = try TinyPipeline(dataset: "id,text\na,an unmistakable film\n")
      let run = try tiny.run("--set", Self.methods, "--set", "output.text=false", "--set", "output.formats=[parquet]")
      try #require(run.status == 0, "\(run.errors)")
      let parts = try FileManager.default.subpathsOfDirectory(atPath: "\(tiny.output)/activations").filter {
        $0.hasSuffix(".parquet")
      }
      #expect(parts.count == 1)
      for path in parts {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(tiny.output)/activations/\(path)"))
        #expect(bytes.range(of: Data("film".utf8)) == nil)
      }
    }

    @Test(arguments: [
      ("name: activations, layers: 5", "no layer 5: the model has layers 0 to 1"),
      ("name: activations, part: heads", "'methods.0.part' must be one of"),
      ("name: conductance, layer: embeddings", "'methods.0.layer' must be 'encoder layer N', not 'embeddings'"),
      ("name: conductance, layer: encoder layer 9", "no encoder layer 9: the model has encoder layers 0 to 1"),
    ])
    func badSettings(setting: String, message: String) throws {
      let tiny = try TinyPipeline()
      let run = try tiny.run("--set", "methods=[{\(setting)}]")
      #expect(run.status == 64 && run.errors.contains(message), "\(run.errors)")
    }
  }
}
