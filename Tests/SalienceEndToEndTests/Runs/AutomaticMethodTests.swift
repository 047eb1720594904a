import Foundation
import Testing

extension EndToEndTests {
  /// Runs whose pipeline says `methods: auto`.
  @Suite struct AutomaticMethod {
    private func pipeline(in scratch: ScratchDirectory, budget: String) throws -> String {
      try scratch.write(
        """
        models: [models/demo/checkpoint-8000]
        dataset: {path: datasets/reviews.csv, columns: {id: id, text: text, label: label}}
        methods:
          name: auto
          budget: \(budget)
          sample: 6
          candidates: [gradient-x-input, leave-one-out]
        device: cpu
        output: {directory: \(scratch.path)/run}

        """, to: "auto.yaml")
    }

    private func facts(_ scratch: ScratchDirectory) throws -> [String: Any] {
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/run/run.json"))
      let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      return try #require(json["pipeline"] as? [String: Any])
    }

    private func text(_ json: Any?) throws -> String {
      let data = try JSONSerialization.data(withJSONObject: try #require(json), options: [.sortedKeys])
      return String(decoding: data, as: UTF8.self)
    }

    @Test func choosesOnceAndKeepsTheChoice() throws {
      let scratch = try ScratchDirectory()
      let path = try pipeline(in: scratch, budget: "1000d")
      let result = try SalienceBinary.run(["run", path, "--limit", "30"], in: scratch)
      try #require(result.status == 0, "\(result.errors)")
      #expect(result.errors.contains("ranked by comprehensiveness, sufficiency, monotonicity, normalized-infidelity"))
      #expect(result.errors.contains("methods: auto takes "))
      let first = try facts(scratch)
      let choice = try #require((first["auto"] as? [String: Any])?["choice"] as? [String: Any])
      let methods = try #require(first["methods"] as? [[String: Any]])
      #expect(methods.count == 1 && methods[0]["id"] as? String == choice["method"] as? String)
      #expect(choice["rows"] as? Int == 30 && (choice["costs"] as? [Any])?.count == 2)
      let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
      #expect(!left.contains { $0.contains("trial") })

      // More rows: the choice, whose seconds no second trial would find again, stays.
      let more = try SalienceBinary.run(["run", path, "--limit", "40", "--resume"], in: scratch)
      try #require(more.status == 0, "\(more.errors)")
      #expect(more.errors.contains("methods: auto keeps \(methods[0]["id"] as? String ?? "")"))
      let second = try facts(scratch)
      #expect(try text(second["auto"]) == text(first["auto"]))
      #expect(try text(second["methods"]) == text(first["methods"]))
      let again = try SalienceBinary.run(["run", path], in: scratch)
      #expect(again.status == 73 && !again.errors.contains("takes"), "\(again.errors)")
      let other = try SalienceBinary.run(
        ["run", path, "--limit", "40", "--resume", "--set", "methods.seed=1"], in: scratch)
      #expect(other.status == 73 && other.errors.contains("auto.seed"), "\(other.errors)")
    }

    @Test func saysWhereNothingFits() throws {
      let scratch = try ScratchDirectory()
      let path = try pipeline(in: scratch, budget: "0.000001s")
      for command in ["check", "run"] {
        let result = try SalienceBinary.run([command, path, "--limit", "30"], in: scratch)
        #expect(result.status == 64 && result.errors.contains("no method explains 30 rows within"), "\(result.errors)")
        #expect(result.errors.contains("auto.yaml:"))
      }
      #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/run"))
    }
  }
}
