import Foundation
import SalienceParquet
import Testing

extension EndToEndTests {
  /// Runs whose pipeline asks for the influence of training rows.
  @Suite struct InfluenceRun {
    private static let demo = ["models/demo/checkpoint-0100", "models/demo/checkpoint-8000"]

    /// A pipeline over the demo's texts, which are training rows too.
    private func pipeline(
      in scratch: ScratchDirectory, models: [String] = demo, influence: String = "top: 2", text: Bool = true
    ) throws -> String {
      try scratch.write(
        """
        models: [\(models.joined(separator: ", "))]
        dataset: {path: datasets/reviews.csv, columns: {id: id, text: text, label: label}}
        methods: [{name: random}]
        influence:
          training: {path: datasets/reviews.csv, columns: {id: id, text: text, label: label}}
          \(influence)
        device: cpu
        output: {directory: \(scratch.path)/run, text: \(text)}

        """, to: "influence.yaml")
    }

    private func run(
      _ pipeline: String, _ options: [String], in scratch: ScratchDirectory, killWhen: (() -> Bool)? = nil
    ) throws -> SalienceBinary.Result {
      try SalienceBinary.run(["run", pipeline] + options, in: scratch, killWhen: killWhen)
    }

    private func cells(_ column: String, of scratch: ScratchDirectory) throws -> ColumnData {
      try ParquetReader(path: "\(scratch.path)/run/influence.parquet").read(column: column)
    }

    @Test func resumedAfterAKillEqualsUninterrupted() throws {
      let scratch = try ScratchDirectory()
      let pipeline = try pipeline(in: scratch)
      let (run, limit) = ("\(scratch.path)/run", ["--limit", "1100", "--quiet"])
      let killed = try self.run(pipeline, limit, in: scratch) {
        FileManager.default.fileExists(atPath: "\(run)/state/influence/training-0-0.readings")
      }
      try #require(killed.wasKilled && !FileManager.default.fileExists(atPath: "\(run)/_SUCCESS"))
      let kept = "\(run)/state/influence/training-0-0.readings"
      let written = try FileManager.default.attributesOfItem(atPath: kept)[.systemFileNumber] as? Int
      let watched = try self.run(pipeline, limit + ["--resume"], in: scratch) {
        let now = try? FileManager.default.attributesOfItem(atPath: kept)[.systemFileNumber] as? Int
        if let now, now != written { Issue.record("what was on disk was computed again") }
        return false
      }
      try #require(watched.status == 0, "\(watched.errors)")
      let resumed = try Data(contentsOf: URL(fileURLWithPath: "\(run)/influence.parquet"))
      #expect(!FileManager.default.fileExists(atPath: "\(run)/state/influence"))
      let whole = try self.run(pipeline, limit + ["--overwrite"], in: scratch)
      try #require(whole.status == 0, "\(whole.errors)")
      #expect(try Data(contentsOf: URL(fileURLWithPath: "\(run)/influence.parquet")) == resumed)

      let (rows, training) = (try cells("row", of: scratch), try cells("training_row", of: scratch))
      guard case .int64(let rows) = rows, case .int64(let training) = training,
        case .string(let effects) = try cells("effect", of: scratch),
        case .int32(let ranks) = try cells("rank", of: scratch),
        case .optionalString(let texts) = try cells("training_text", of: scratch)
      else {
        Issue.record("other types than the table's")
        return
      }
      #expect(rows.count == 1100 * 4 && Array(effects[..<4]) == ["helpful", "helpful", "harmful", "harmful"])
      #expect(Array(ranks[..<4]) == [1, 2, 1, 2] && texts.allSatisfy { $0 != nil })
      #expect(training.allSatisfy { (0..<3000).contains($0) })
    }

    /// A text that is among the training rows is most like itself.
    @Test func textsAreMostLikeThemselves() throws {
      let scratch = try ScratchDirectory()
      let path = try pipeline(in: scratch, models: [Self.demo[1]], influence: "kind: similarity\n  top: 1")
      let result = try run(path, ["--limit", "20", "--quiet"], in: scratch)
      try #require(result.status == 0, "\(result.errors)")
      guard case .int64(let rows) = try cells("row", of: scratch),
        case .int64(let training) = try cells("training_row", of: scratch),
        case .double(let scores) = try cells("score", of: scratch),
        case .string(let effects) = try cells("effect", of: scratch)
      else {
        Issue.record("other types than the table's")
        return
      }
      try #require(effects == (0..<20).flatMap { _ in ["similar", "dissimilar"] })
      for index in stride(from: 0, to: 40, by: 2) {
        #expect(training[index] == rows[index] && abs(scores[index] - 1) < 1e-6 && scores[index + 1] < 0.9)
      }
    }

    @Test func tablesWithoutTextHaveNone() throws {
      let scratch = try ScratchDirectory()
      let result = try run(try pipeline(in: scratch, text: false), ["--limit", "3", "--quiet"], in: scratch)
      try #require(result.status == 0, "\(result.errors)")
      #expect(try cells("training_text", of: scratch) == .optionalString(Array(repeating: nil, count: 12)))
      guard case .optionalString(let labels) = try cells("training_label", of: scratch) else {
        Issue.record("another type than the table's")
        return
      }
      #expect(labels.allSatisfy { $0 == "positive" || $0 == "negative" })
    }

    /// Rows that cannot be used are left out and told of, on both sides.
    @Test func rowsWithoutALabelAreToldOf() throws {
      let scratch = try ScratchDirectory()
      let checkpoint = TinyPipeline.checkpoint("bert-2-f32")
      try scratch.write("text,label\na film,positive\na plot,other\n", to: "texts.csv")
      try scratch.write("text,label\nfine,positive\ndull,\nodd,maybe\nslow,negative\n", to: "train.csv")
      let path = try scratch.write(
        """
        models: [\(checkpoint)]
        dataset: {path: texts.csv, columns: {text: text, label: label}}
        methods: [{name: random}]
        influence:
          training: {path: train.csv, columns: {text: text, label: label}}
        device: cpu
        output: {directory: \(scratch.path)/run}

        """, to: "p.yaml")
      let result = try run(path, ["--json"], in: scratch)
      try #require(result.status == 0, "\(result.errors)")
      #expect(
        result.errors.contains(
          "influence: 2 of 4 training rows are left out: 2 without a label that is one of the model's"))
      #expect(result.errors.contains("influence: 1 of 2 scored rows are left out"))
      #expect(result.output.contains("2 of 4 training rows"))
      #expect(try cells("row", of: scratch) == .int64([0, 0, 0, 0]))
      #expect(try cells("training_row", of: scratch).count == 4)
      let facts = try String(contentsOfFile: "\(scratch.path)/run/run.json", encoding: .utf8)
      #expect(facts.contains("\"unlabelled\": 2"))

      try scratch.write("text,label\nfine,maybe\n", to: "train.csv")
      let none = try run(path, ["--overwrite"], in: scratch)
      #expect(none.status == 65 && none.errors.contains("not one of 1 training rows can be used"), "\(none.errors)")
      let other = try run(path, ["--resume", "--set", "influence.top=3"], in: scratch)
      #expect(other.status == 73 && other.errors.contains("influence.top"), "\(other.errors)")
      try scratch.write("text,label\nfine,positive\n", to: "train.csv")
      let changed = try run(path, ["--resume"], in: scratch)
      #expect(changed.status == 73 && changed.errors.contains("train.csv has other contents"), "\(changed.errors)")
    }

    @Test func otherHeadsAreRefused() throws {
      let scratch = try ScratchDirectory()
      let models = ["\(SalienceBinary.packageRoot)/Tests/Fixtures/families/bert-token-classification"]
      let path = try pipeline(in: scratch, models: models)
      for command in ["check", "run"] {
        let result = try SalienceBinary.run([command, path], in: scratch)
        #expect(result.status == 64, "\(result.errors)")
        #expect(result.errors.contains("influence.yaml:5: 'influence': model"), "\(result.errors)")
        #expect(result.errors.contains("ForTokenClassification"))
      }
    }
  }
}
