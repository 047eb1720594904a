import Foundation
import Testing

extension EndToEndTests {
  /// What a run says at its end besides its counts.
  @Suite struct RunNotes {
    @Test func truncatedRowsAreCounted() throws {
      let tiny = try TinyPipeline(steps: "steps: 24")
      let options = ["run", tiny.path, "--set", "dataset.max_length=5"]
      let said = try SalienceBinary.run(options, in: tiny.scratch)
      try #require(said.status == 0, "\(said.errors)")
      #expect(said.errors.contains("1 of 3 rows were cut"), "\(said.errors)")
      let json = try SalienceBinary.run(options + ["--overwrite", "--quiet", "--json"], in: tiny.scratch)
      let summary = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
      #expect((summary["models"] as? [[String: Any]])?.first?["truncated"] as? Int == 1)
      #expect((summary["notes"] as? [String])?.count == 1)
      #expect(json.errors.isEmpty, "--quiet leaves the notes to the JSON: \(json.errors)")
    }

    @Test func aRunWithoutSurprisesHasNoNotes() throws {
      let tiny = try TinyPipeline(steps: "steps: 24")
      let result = try SalienceBinary.run(["run", tiny.path], in: tiny.scratch)
      #expect(result.status == 0 && !result.errors.contains("warning"), "\(result.errors)")
    }
  }
}
