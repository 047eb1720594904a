import Foundation
import Testing

extension EndToEndTests {
  /// `--json` prints one object on standard output and nothing anywhere else.
  @Suite struct JSONResult {
    private let tiny: TinyPipeline

    init() throws {
      tiny = try TinyPipeline(models: ["bert-2-f32", "distilbert-2-f16"])
      let run = try tiny.run()
      try #require(run.status == 0, "\(run.errors)")
    }

    private func object(_ arguments: [String]) throws -> [String: Any] {
      let result = try SalienceBinary.run(arguments, in: tiny.scratch)
      try #require(result.status == 0, "\(result.errors)")
      #expect(result.errors.isEmpty, "\(result.errors)")
      return try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    }

    @Test(arguments: [[], ["--quiet"]]) func compare(_ options: [String]) throws {
      let directory = "\(tiny.scratch.path)/comparison"
      let json = try object(["compare", tiny.output, "--output", directory, "--json"] + options)
      #expect(json["directory"] as? String == directory)
      let pair = try #require((json["comparisons"] as? [[String: Any]])?.first)
      #expect(pair["model_a"] as? String == "bert-2-f32" && pair["model_b"] as? String == "distilbert-2-f16")
      #expect(pair["examples"] as? Int == 3)
      #expect((pair["methods"] as? [[String: Any]])?.first?["method"] as? String == "ig")
      #expect(FileManager.default.fileExists(atPath: "\(directory)/comparison.parquet"))
      let silent = try SalienceBinary.run(["compare", tiny.output, "--output", directory, "--quiet"], in: tiny.scratch)
      #expect(silent.status == 0 && silent.output.isEmpty && silent.errors.isEmpty)
    }

    @Test func export() throws {
      let path = "\(tiny.scratch.path)/out.csv"
      let json = try object(["export", tiny.output, "--output", path, "--json"])
      let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count
      #expect(json["path"] as? String == path && json["format"] as? String == "csv")
      #expect(json["tokens"] as? Int == lines - 1)
      #expect(json["rows"] as? Int == 6, "three rows under each of two models")
      #expect(json["models"] as? [String] == ["bert-2-f32", "distilbert-2-f16"])
      let silent = try SalienceBinary.run(["export", tiny.output, "--output", path, "--quiet"], in: tiny.scratch)
      #expect(silent.status == 0 && silent.output.isEmpty && silent.errors.isEmpty)
    }

    @Test func exportToStandardOutputHoldsTheTableAlone() throws {
      let result = try SalienceBinary.run(["export", tiny.output, "--json"], in: tiny.scratch)
      #expect(result.status == 64 && result.output.isEmpty)
      #expect(result.errors.contains("--json") && result.errors.contains("--output FILE"), "\(result.errors)")
    }

    @Test func check() throws {
      let before = try FileTree(tiny.output)
      let json = try object(["check", tiny.path, "--json"])
      #expect(json["rows"] as? Int == 3 && json["sampled_rows"] as? Int == 3)
      #expect((json["pipeline"] as? [String: Any])?["name"] as? String == "tiny")
      #expect((json["device"] as? [String: Any])?["name"] as? String == "cpu")
      func number(_ object: [String: Any], _ key: String) throws -> Double {
        try #require((object[key] as? NSNumber)?.doubleValue, "\(key)")
      }
      #expect(try number(json, "matmul_gflops") > 0)
      let models = try #require(json["models"] as? [[String: Any]])
      #expect(models.map { $0["model"] as? String } == ["bert-2-f32", "distilbert-2-f16"])
      for model in models {
        #expect(model["probed_rows"] as? Int == 3)
        let parts = try ["weight_bytes", "worker_bytes", "text_bytes"].map { try number(model, $0) }
        #expect(try number(model, "memory_bytes") == parts.reduce(0, +))
        let work = try number(model, "gflop_per_row") * 3
        let seconds = try number(model, "scoring_seconds")
        #expect(try work > 0 && abs(work / number(model, "gflops") - seconds) <= 1e-9 * seconds)
        let other = try number(model, "loading_seconds") + number(model, "other_seconds")
        #expect(try other > 0 && abs(seconds + other - number(model, "estimated_seconds")) <= 1e-9 * seconds)
      }
      let quiet = try SalienceBinary.run(["check", tiny.path, "--quiet"], in: tiny.scratch)
      #expect(quiet.status == 0 && quiet.output.isEmpty && quiet.errors.isEmpty)
      #expect(try FileTree(tiny.output).differences(from: before).isEmpty)
    }

    @Test func runAndDevices() throws {
      let run = try object(["run", tiny.path, "--resume", "--quiet", "--json"])
      #expect(run["finished"] as? Bool == true && run["rows"] as? Int == 3)
      let devices = try object(["devices", "--quiet", "--json"])
      #expect((devices["devices"] as? [[String: Any]])?.first?["name"] as? String == "cpu")
    }
  }
}
