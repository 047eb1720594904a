import Foundation
import Testing

extension EndToEndTests {
  /// Metrics from the pipeline file to the table, and what `rank` makes of them.
  @Suite struct RankCommand {
    private static let methods =
      "methods=[{name: integrated-gradients, id: ig, steps: 8}, {name: gradient-x-input, id: gxi}, {name: random}]"
    private static let options = ["--set", methods, "--set", "faithfulness=all"]

    private func object(_ text: String) throws -> [String: Any] {
      try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// A run under two models.
    private func measured(_ metrics: String = "all") throws -> TinyPipeline {
      let tiny = try TinyPipeline(models: ["bert-2-f32", "distilbert-2-f16"])
      let run = try tiny.run("--set", Self.methods, "--set", "faithfulness=\(metrics)")
      try #require(run.status == 0, "\(run.errors)")
      return tiny
    }

    private func rank(_ tiny: TinyPipeline, _ options: String...) throws -> SalienceBinary.Result {
      try SalienceBinary.run(["rank", tiny.output] + options, in: tiny.scratch)
    }

    @Test func ranksEveryModel() throws {
      let tiny = try measured()
      let text = try rank(tiny)
      #expect(text.status == 0 && text.errors.isEmpty, "\(text.errors)")
      for model in ["bert-2-f32", "distilbert-2-f16"] {
        #expect(text.output.contains("\(model): 3 examples, means with 95 % intervals, ranked by comprehensiveness"))
      }
      let json = try object(rank(tiny, "--json", "--replicates", "50").output)
      let models = try #require(json["models"] as? [[String: Any]])
      #expect(models.count == 2 && json["replicates"] as? Int == 50)
      let methods = try #require(models[0]["methods"] as? [[String: Any]])
      #expect(Set(methods.compactMap { $0["method"] as? String }) == ["ig", "gxi", "random"])
      #expect(methods.allSatisfy { $0["seconds"] is Double && $0["mean_rank"] is Double })
      #expect(Set(methods.compactMap { $0["evaluations"] as? Double }) == [8, 1, 0])
      #expect((models[0]["agreement"] as? [Any])?.count == 6)
      let random = try #require(methods.first { $0["method"] as? String == "random" })
      #expect(random["ignores_weights"] as? Bool == true)
      #expect(text.output.contains("random: its scores hardly change under random weights"), "\(text.output)")
      #expect(try rank(tiny, "--json").output == rank(tiny, "--json").output)
    }

    @Test(
      .enabled(
        if: ProcessInfo.processInfo.environment["SALIENCE_PYTHON"] != nil, "SALIENCE_PYTHON names no Python with pandas"
      ))
    func pythonReadsTheTable() throws {
      let tiny = try measured()
      let json = try tiny.scratch.write(rank(tiny, "--json").output, to: "rank.json")
      let checked = try SalienceBinary.run(
        program: try #require(ProcessInfo.processInfo.environment["SALIENCE_PYTHON"]),
        ["\(SalienceBinary.packageRoot)/Tests/SalienceEndToEndTests/Python/read_metrics.py", tiny.output, json],
        in: tiny.scratch)
      #expect(checked.status == 0 && checked.output.contains("3 methods agree"), "\(checked.errors)")
    }

    @Test func runEndsWithTheRanking() throws {
      let tiny = try TinyPipeline()
      let run = try SalienceBinary.run(["run", tiny.path] + Self.options, in: tiny.scratch)
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.errorLines.last?.hasPrefix("faithfulness under bert-2-f32, mean ranks: ") == true, "\(run.errors)")
      let json = try object(
        SalienceBinary.run(
          ["run", tiny.path, "--resume", "--json", "--quiet"] + Self.options, in: tiny.scratch
        ).output)
      #expect((json["ranking"] as? [[String: Any]])?.first?["model"] as? String == "bert-2-f32")
      let resolved = try object(String(contentsOfFile: "\(tiny.output)/run.json", encoding: .utf8))["pipeline"]
      let faithfulness = (resolved as? [String: Any])?["faithfulness"] as? [String: Any]
      #expect((faithfulness?["metrics"] as? [String])?.count == 9 && faithfulness?["samples"] as? Int == 10)
      let other = try SalienceBinary.run(
        ["run", tiny.path, "--resume", "--set", Self.methods, "--set", "faithfulness=[sufficiency]"], in: tiny.scratch)
      #expect(other.status == 73 && other.errors.contains("pipeline.faithfulness"), "\(other.errors)")
    }

    @Test func checkCountsTheCopies() throws {
      let tiny = try TinyPipeline()
      func plan(_ options: [String]) throws -> [String: Any] {
        let result = try SalienceBinary.run(["check", tiny.path, "--json"] + options, in: tiny.scratch)
        return try #require((object(result.output)["models"] as? [[String: Any]])?.first, "\(result.errors)")
      }
      let plain = try plan(["--set", Self.methods])
      let measured = try plan(Self.options)
      #expect(plain["measured_copies"] as? Int == 0 && measured["measured_copies"] as? Int ?? 0 > 30)
      let work = [plain, measured].map { $0["gflop_per_row"] as? Double ?? .nan }
      #expect(work[1] > 1.5 * work[0])
      let text = try SalienceBinary.run(["check", tiny.path] + Self.options, in: tiny.scratch)
      #expect(text.output.contains("copies of a text per explained output"), "\(text.output)")
    }

    @Test func withoutMetricsThereIsNoTableAndNoRanking() throws {
      let tiny = try TinyPipeline()
      #expect(try tiny.run().status == 0)
      #expect(!FileManager.default.fileExists(atPath: "\(tiny.output)/metrics"))
      let refused = try rank(tiny)
      #expect(refused.status == 65 && refused.output.isEmpty && refused.errorLines.count == 1)
      #expect(refused.errors.contains("'faithfulness: all'") && refused.errors.contains(tiny.output))
      let missing = try SalienceBinary.run(["rank", "\(tiny.scratch.path)/none"], in: tiny.scratch)
      #expect(missing.status == 66, "\(missing.errors)")
      #expect(try rank(tiny, "--replicates", "1").status == 64)
    }

    @Test func anUnfinishedRunIsRankedInPart() throws {
      let tiny = try measured("[comprehensiveness, sufficiency]")
      for name in ["_SUCCESS", "run.json"] { try FileManager.default.removeItem(atPath: "\(tiny.output)/\(name)") }
      let refused = try rank(tiny)
      #expect(refused.status == 65 && refused.errors.contains("--partial"), "\(refused.errors)")
      let partial = try rank(tiny, "--partial", "--json")
      #expect(partial.status == 0 && partial.errors.contains("warning"), "\(partial.errors)")
      let models = try #require(object(partial.output)["models"] as? [[String: Any]])
      let random = (models[0]["methods"] as? [[String: Any]])?.filter { $0["random"] as? Bool == true }
      #expect(random?.count == 1 && (random?[0]["seconds"] is NSNull))
    }

    /// Sensitivity is there where it is named, of methods that noise can be put around, and ranks none.
    @Test func sensitivityIsShownAndRanksNothing() throws {
      let json = try object(rank(measured("max-sensitivity"), "--json").output)
      let models = try #require(json["models"] as? [[String: Any]])
      let methods = try #require(models[0]["methods"] as? [[String: Any]])
      #expect((models[0]["ranked_by"] as? [Any])?.isEmpty == true && methods.count == 3)
      for method in methods {
        let metrics = try #require(method["metrics"] as? [[String: Any]])
        let isRandom = method["random"] as? Bool == true
        #expect(metrics.map { $0["metric"] as? String } == (isRandom ? [] : ["max-sensitivity"]))
        #expect(metrics.allSatisfy { ($0["mean"] as? Double ?? 0) > 0 })
      }
    }

    /// What people marked, as text in CSV and as a list in JSON lines; a row whose marks lie outside its text fails alone.
    @Test(arguments: ["csv", "jsonl"]) func explanationsAreComparedWithPeople(format: String) throws {
      let rows = [
        ("a good film", "[[2,6]]"), ("a bad film", "[]"), ("an odd film", "[[3,6],[7,11]]"), ("short", "[[0,9]]"),
      ]
      let tiny = try TinyPipeline()
      let lines =
        format == "csv"
        ? ["text,marks"] + rows.map { "\($0),\"\($1)\"" } : rows.map { "{\"text\": \"\($0)\", \"marks\": \($1)}" }
      let path = try tiny.scratch.write(lines.joined(separator: "\n") + "\n", to: "marked.\(format)")
      let run = try tiny.run(
        ["--input", path, "--set", "dataset.columns={text: text, rationale: marks}", "--set", Self.methods, "--set"]
          + ["faithfulness=[token-f1, token-iou, iou-f1, auprc]", "--max-bad-rows", "1"])
      #expect(run.status == 0, "\(run.errors)")
      let models = try #require(object(rank(tiny, "--json").output)["models"] as? [[String: Any]])
      let method = try #require((models[0]["methods"] as? [[String: Any]])?.first)
      let metrics = try #require(method["metrics"] as? [[String: Any]])
      #expect(metrics.compactMap { $0["metric"] as? String } == ["token-f1", "token-iou", "iou-f1", "auprc"])
      // No token of the second text is marked.
      #expect(metrics.allSatisfy { $0["examples"] as? Int == 2 } && models[0]["examples"] as? Int == 3)
      #expect((models[0]["ranked_by"] as? [Any])?.isEmpty == true)
      let again = try tiny.run([
        "--input", path, "--set", "dataset.columns={text: text, rationale: marks}", "--set", Self.methods, "--set",
        "faithfulness=[token-f1, token-iou, iou-f1, auprc]", "--resume", "--json",
      ])
      let bad = try object(again.output)["first_bad_rows"] as? [[String: Any]]
      let message = bad?.first?["message"] as? String
      #expect(
        message?.contains("the rationale has a span from 0 to 9 in a text of 5 scalars") == true, "\(again.errors)")
    }

    /// Rows that were kept bring their metrics with them.
    @Test func resumedAfterAKillEqualsUninterrupted() throws {
      let words = ["good", "bad", "slow", "odd", "fine", "old", "new"]
      let rows = (0..<2500).map { row in
        "\(row),a \(words[row % 7]) film with \(words[row % 5]) actors and \(words[row % 3]) songs\n"
      }
      let tiny = try TinyPipeline(dataset: "id,text\n" + rows.joined())
      let whole = "\(tiny.scratch.path)/whole"
      #expect(try tiny.run(Self.options + ["--output", whole]).status == 0)
      let first = "\(tiny.output)/state/model=bert-2-f32/unit-00000.json"
      let cut = try SalienceBinary.run(
        ["run", tiny.path, "--quiet"] + Self.options, in: tiny.scratch,
        killWhen: { FileManager.default.fileExists(atPath: first) })
      try #require(cut.wasKilled && !tiny.isPublished)
      let rest = try tiny.run(Self.options + ["--resume"])
      #expect(rest.status == 0, "\(rest.errors)")
      let tables = try FileTree.tables(of: tiny.output)
      #expect(tables.paths.contains { $0.hasPrefix("metrics/") })
      #expect(try tables.differences(from: .tables(of: whole)) == [])
      let verified = try SalienceBinary.run(["verify", tiny.output], in: tiny.scratch)
      #expect(verified.status == 0, "\(verified.errors)")
    }
  }
}
