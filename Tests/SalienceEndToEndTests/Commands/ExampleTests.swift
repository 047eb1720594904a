import Foundation
import Testing

extension EndToEndTests {
  /// Examples/Attribute, which imports `Salience` alone.
  @Suite struct Example {
    private static let program = "\(SalienceBinary.packageRoot)/.build/release/AttributeExample"
    private static let model = "models/demo/checkpoint-8000"

    @Test("A program that imports Salience alone scores as the command does, a text and a pipeline")
    func scoresAsTheCommandDoes() throws {
      let scratch = try ScratchDirectory()
      let run = "\(scratch.path)/run"
      let example = try SalienceBinary.run(
        program: Self.program, [Self.model, "Not bad at all.", "pipelines/demo.yaml", run], in: scratch)
      try #require(example.status == 0, "\(example.errors)")
      #expect(example.output.contains("checkpoint-8000: 5 rows, 0 could not be scored"))

      let command = try SalienceBinary.run(
        ["attribute", "Not bad at all.", "--model", Self.model, "--json"], in: scratch)
      let scored = try #require(try JSONSerialization.jsonObject(with: Data(command.output.utf8)) as? [String: Any])
      let explanation = try #require((scored["explanations"] as? [[String: Any]])?.first)
      let expected = try #require(explanation["tokens"] as? [[String: Any]]).map { token in
        "\(token["token"] as? String ?? "")\t\(Float(token["normalized"] as? Double ?? .nan))"
      }
      #expect(expected.count == 7)
      #expect(example.output.split(separator: "\n").map(String.init).filter { $0.contains("\t") } == expected)

      let limited = "\(scratch.path)/limited"
      let again = try SalienceBinary.run(
        ["run", "pipelines/demo.yaml", "--limit", "5", "--quiet", "--output", limited], in: scratch)
      try #require(again.status == 0, "\(again.errors)")
      #expect(try FileTree.tables(of: run).differences(from: FileTree.tables(of: limited)).isEmpty)
    }

    @Test("Without arguments it says how it is called")
    func saysHowItIsCalled() throws {
      let result = try SalienceBinary.run(program: Self.program, [], in: try ScratchDirectory())
      #expect(result.output.hasPrefix("usage: AttributeExample MODEL TEXT"))
    }
  }
}
