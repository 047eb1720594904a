import Foundation
import SalienceParquet
import Testing

extension EndToEndTests {
  /// Labels of a dataset, whatever they are written as, beside what a model predicts.
  @Suite struct Labels {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private static let numbers = """
      id,text,label,Source
      1,Not bad,1,a
      2,Awful,0,b
      3,Fine,1.0,
      4,Fine,Positive,=c
      5,Fine,LABEL_1,d
      6,Fine,,e
      7,Fine,2,f
      8,Fine,no such label,g

      """

    private func pipeline(_ dataset: String, as name: String, model: String, _ settings: String = "") throws -> String {
      try scratch.write(dataset, to: name)
      return try scratch.write(
        """
        models: [\(model)]
        dataset: {path: \(scratch.path)/\(name), columns: {text: text, label: label\(settings)}}
        methods: [{name: gradient-x-input}]
        device: cpu
        output: {directory: \(scratch.path)/run, compression: none}

        """, to: "pipeline.yaml")
    }

    private func salience(_ arguments: String...) throws -> SalienceBinary.Result {
      try SalienceBinary.run(arguments, in: scratch)
    }

    private func table(_ table: String, _ model: String) throws -> ParquetReader {
      try ParquetReader(path: "\(scratch.path)/run/\(table)/model=\(model)/part-00000.parquet")
    }

    private func object(_ text: String) throws -> [String: Any] {
      try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func unknown(_ object: [String: Any]?) throws -> (rows: Int?, first: [String]?, classes: [String]?) {
      let found = try #require(object?["unknown_labels"] as? [String: Any])
      return (found["rows"] as? Int, found["first"] as? [String], found["classes"] as? [String])
    }

    @Test func numbersAndNamesAreOne() throws {
      let model = "checkpoint-8000"
      let file = try pipeline(Self.numbers, as: "d.csv", model: "models/demo/\(model)", ", id: id, keep: [Source]")
      let check = try salience("check", file)
      let said = "the labels of 2 of 8 rows ('2', 'no such label') are no class of \(model), whose classes are"
      #expect(check.status == 0 && check.output.contains(said), "\(check.output)\(check.errors)")
      let checked = try object(try salience("check", file, "--json").output)
      let planned = try unknown((checked["models"] as? [[String: Any]])?.first)
      #expect(planned.rows == 2 && planned.first == ["2", "no such label"])

      let run = try salience("run", file)
      #expect(run.status == 0 && run.errors.contains(said), "\(run.errors)")
      let predictions = try table("predictions", model)
      let expected: [Int32?] = [1, 0, 1, 1, 1, nil, nil, nil]
      #expect(try predictions.read(column: "label_index") == .optionalInt32(expected))
      guard case .int32(let predicted) = try predictions.read(column: "predicted_index") else { return }
      let correct = zip(expected, predicted).map { label, own in label.map { $0 == own } }
      #expect(try predictions.read(column: "correct") == .optionalBool(correct))
      #expect(correct.contains(true))
      let files = [String](repeating: "\(scratch.path)/d.csv", count: 8)
      #expect(try predictions.read(column: "dataset_file") == .string(files))
      let kept = ["a", "b", "", "=c", "d", "e", "f", "g"]
      #expect(try predictions.read(column: "Source") == .optionalString(kept))

      let json = try object(try String(contentsOfFile: "\(scratch.path)/run/run.json", encoding: .utf8))
      let totals = (json["results"] as? [[String: Any]])?.first?["totals"] as? [String: Any]
      let recorded = try unknown(totals)
      #expect(recorded.rows == 2 && recorded.classes?.count == 2)

      // The same classes are explained where the label's are asked for.
      let labels = try salience(
        "run", file, "--overwrite", "--quiet", "--set", "methods.0.target=label", "--max-bad-rows", "3")
      #expect(labels.status == 0, "\(labels.errors)")
      let explained = try table("explanations", model)
      #expect(try explained.read(column: "row") == .int64([0, 1, 2, 3, 4]))
      #expect(try explained.read(column: "target_index") == .optionalInt32([1, 0, 1, 1, 1]))
    }

    @Test(
      .enabled(
        if: ProcessInfo.processInfo.environment["SALIENCE_PYTHON"] != nil, "SALIENCE_PYTHON names no Python with pandas"
      ))
    func pandasAndDuckDBCountTheSame() throws {
      let file = try pipeline(Self.numbers, as: "d.csv", model: "models/demo/checkpoint-8000")
      #expect(try salience("run", file, "--quiet").status == 0)
      let script = """
        import sys, duckdb, pandas
        run, names = sys.argv[1], {'negative': 0, 'positive': 1}
        table = pandas.read_parquet(run + '/predictions/model=checkpoint-8000/part-00000.parquet')
        data = pandas.read_csv(sys.argv[2], dtype=str)
        number = pandas.to_numeric(data.label.str.replace('LABEL_', ''), errors='coerce')
        label = data.label.str.lower().map(names).fillna(number.where(number.isin([0, 1])))
        wrong = int((label.notna() & (label != table.predicted_index)).sum())
        path = run + '/predictions/*/*.parquet'
        found = duckdb.sql(f"select count(*) filter (not correct), count(correct) from '{path}'").fetchall()[0]
        assert found == (wrong, int(label.notna().sum())), (found, wrong, list(label))
        assert (table.correct.dropna() == (table.label_index == table.predicted_index)[table.correct.notna()]).all()
        """
      let result = try SalienceBinary.run(
        program: try #require(ProcessInfo.processInfo.environment["SALIENCE_PYTHON"]),
        ["-c", script, "\(scratch.path)/run", "\(scratch.path)/d.csv"], in: scratch)
      #expect(result.status == 0, "\(result.errors)")
    }

    @Test func listsUnderModelsOfSeveralLabelsAndOfOne() throws {
      let lists = "{\"text\":\"Not bad\",\"labels\":[0,1]}\n{\"text\":\"Awful\",\"labels\":[]}\n"
      let one = try scratch.copy(checkpoint: "bert-2-f32")
      let several = "\(scratch.path)/several"
      try FileManager.default.copyItem(atPath: one, toPath: several)
      let config = try String(contentsOfFile: "\(several)/config.json", encoding: .utf8)
      let brace = try #require(config.firstIndex(of: "{"))
      try scratch.write(
        "{\"problem_type\": \"multi_label_classification\", " + config[config.index(after: brace)...],
        to: "several/config.json")
      let file = try pipeline(lists, as: "d.jsonl", model: "\(one), \(several)")
      let run = try salience("run", file, "--set", "dataset.columns.label=labels")
      try #require(run.status == 0, "\(run.errors)")
      #expect(
        run.errors.contains("the labels of 2 of 2 rows ('[0,1]', '[]') are no class of bert-2-f32"), "\(run.errors)")
      #expect(!run.errors.contains("no class of several"))
      let predictions = try table("predictions", "several")
      guard case .floatList(let logits) = try predictions.read(column: "logits"),
        case .string(let single) = try table("predictions", "bert-2-f32").read(column: "predicted")
      else { return }
      let chosen = logits.map { row in row.indices.filter { row[$0] > 0 } }
      #expect(try predictions.read(column: "correct") == .optionalBool([chosen[0] == [0, 1], chosen[1] == []]))
      #expect(try predictions.read(column: "label_index") == .optionalInt32([nil, nil]))
      guard case .string(let predicted) = try predictions.read(column: "predicted") else { return }
      for (row, names) in predicted.enumerated() {
        #expect(names.split(separator: ", ").count == chosen[row].count)
        #expect(chosen[row].count != 1 || names == single[row])
      }
    }

    @Test(arguments: ["text", "Label_Index", "model"])
    func aColumnOfThePredictionsIsNotKept(_ name: String) throws {
      let file = try pipeline(
        Self.numbers.replacing("Source", with: name), as: "d.csv", model: "models/demo/checkpoint-8000",
        ", keep: [\(name)]")
      let result = try salience("check", file)
      #expect(result.status == 64, "\(result.errors)")
      #expect(result.errors.contains("'dataset.columns.keep' names '\(name)', which is a column of the predictions"))
    }
  }

  /// Runs of every task without texts.
  @Suite struct RunsWithoutTexts {
    /// Every word of the dataset's texts must be gone from every file, whatever the task.
    @Test(arguments: ["demo", "question-answering", "causal-lm", "fill-mask", "token-classification"])
    func holdNone(_ pipeline: String) throws {
      let scratch = try ScratchDirectory()
      func run(_ name: String, text: Bool) throws -> String {
        let path = "\(scratch.path)/\(name)"
        let result = try SalienceBinary.run(
          [
            "run", "pipelines/\(pipeline).yaml", "--device", "cpu", "--limit", "4", "--output", path, "--quiet",
            "--set",
            "output.text=\(text)", "--set", "output.compression=none",
          ], in: scratch)
        try #require(result.status == 0, "\(result.errors)")
        return path
      }
      let (with, without) = (try run("with", text: true), try run("without", text: false))
      var (words, ids) = (Set<String>(), "")
      for (path, bytes) in try FileTree.tables(of: with).contents where path.hasPrefix("predictions") {
        let reader = try ParquetReader(path: "\(with)/\(path)")
        // Ids stay.
        if case .string(let found) = try reader.read(column: "example_id") { ids += found.joined(separator: " ") + " " }
        for column in ["text", "text_pair", "generated", "answer"] {
          guard case .optionalString(let texts) = try reader.read(column: column) else { continue }
          for text in texts { words.formUnion((text ?? "").split { !$0.isLetter }.map(String.init)) }
        }
        #expect(!bytes.isEmpty)
      }
      // Not names of classes, columns, tasks and methods, nor the few letters that bytes hold by chance.
      let names = [
        "negative", "positive", "start", "status", "token", "predicted", "answer", "model", "label", "text", "special",
        "segment", "position", "attribution", "normalized", "example", "probability", "truncated", "datasets", "source",
        "output", "baseline", "method", "target", "integrated-gradients", "salience", "version", "correct", "schema",
      ]
      words = words.filter { word in
        word.count > 4 && !names.contains { $0.contains(word.lowercased()) } && !ids.contains(word)
      }
      #expect(words.count > 3)
      let tree = try FileTree(without) { $0.hasSuffix(".parquet") || $0 == "tokens.csv" }
      #expect(tree.contents.count > 3)
      for (path, bytes) in tree.contents {
        let found = words.filter { bytes.range(of: Data($0.utf8)) != nil }
        #expect(found.isEmpty, "\(path) holds \(found.sorted())")
      }
      let verify = try SalienceBinary.run(["verify", without, "--quiet"], in: scratch)
      #expect(verify.status == 0, "\(verify.errors)")
      // The scores are the same, with or without texts; tokens as targets have other names.
      if ["causal-lm", "fill-mask"].contains(pipeline) { return }
      let compare = try SalienceBinary.run(["compare", with, without, "--output", "\(scratch.path)/c"], in: scratch)
      #expect(compare.status == 0 && compare.output.contains("cosine           mean 1.000"), "\(compare.output)")
      #expect(compare.output.contains("no words"))
    }
  }
}
