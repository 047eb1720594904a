import Foundation
import SalienceParquet
import Testing

extension EndToEndTests {
  /// Every file of `Tests/Fixtures/cases`, whose README says what is right.
  @Suite struct Cases {
    private static let folder = "\(SalienceBinary.packageRoot)/Tests/Fixtures/cases"

    /// What a right program makes of a file.
    struct Expected: Sendable, CustomTestStringConvertible {
      let file: String
      /// Members of the pipeline's `dataset` besides the path.
      var dataset = "columns: {text: text}"
      var model = "attribution/bert-2-f32"
      var status: Int32 = 0
      /// Texts of the predictions, in order.
      var texts: [String] = []
      /// Labels of the predictions; nil where the pipeline maps none.
      var labels: [String?]?
      /// The class that each label means; nil where nothing is expected of it.
      var classes: [Int32?]?
      /// Rows of the errors table.
      var errors: [Int64] = []
      /// What standard error says.
      var says: [String] = []
      /// Arguments of `read_case.py` behind the file, by which Python reads the same texts.
      var python: [String] = []

      var testDescription: String { "\(file) \(dataset)" }
    }

    static let all: [Expected] = [
      Expected(
        file: "quotes-swallow.tsv", dataset: "columns: {id: id, text: text, label: label}",
        texts: ["one", "\"Weird title starts here", "three", "four ends with a quote\"", "five"],
        labels: ["positive", "negative", "positive", "negative", "positive"],
        says: ["quotes-swallow.tsv: quotes are read as plain text", "dataset.quote"],
        python: ["csv", "text", "\t", "plain"]),
      Expected(
        file: "quotes-inside.tsv", dataset: "columns: {text: sentence, label: label}",
        texts: [
          "it is a \" must see \" film", "\" hardly any plot , hardly any jokes", "plain words here", "\"Both ends\"",
        ], labels: ["1", "0", "1", "1"], says: ["quotes-inside.tsv: quotes are read as plain text"],
        python: ["csv", "sentence", "\t", "plain"]),
      Expected(
        file: "quotes-real.tsv", dataset: "columns: {id: id, text: text, label: label}",
        texts: ["two\nlines, one cell", "a \"quoted\" word", "plain"], labels: ["positive", "negative", "positive"],
        python: ["csv", "text", "\t", "quotes"]),
      Expected(
        file: "bare-cr.csv", dataset: "columns: {id: id, text: text}", texts: ["fine", "plain"], errors: [1]),
      Expected(
        file: "semicolon.csv", dataset: "columns: {id: id, text: text, label: label}",
        texts: ["Not bad", "Awful, really"], labels: ["positive", "negative"],
        says: ["semicolon.csv: the delimiter is ';'", "dataset.delimiter"], python: ["csv", "text", ";", "quotes"]),
      Expected(
        file: "headerless.tsv", status: 65,
        says: ["headerless.tsv: no column 'text'", "'one long string of jokes\\t1'", "dataset.header: [text, ...]"]),
      Expected(
        file: "headerless.tsv", dataset: "header: [text, label], columns: {text: text, label: label}",
        texts: ["one long string of jokes", "a dull evening"], labels: ["1", "0"],
        python: ["csv", "text", "\t", "quotes", "text,label"]),
      Expected(
        file: "array.json", dataset: "columns: {id: id, text: text, label: label}", texts: ["Not bad", "Awful"],
        labels: ["positive", "negative"], python: ["json", "text"]),
      Expected(
        file: "lines.json", dataset: "columns: {id: id, text: text}", texts: ["Not bad", "Awful"],
        python: ["json", "text"]),
      Expected(
        file: "nested.jsonl", dataset: "columns: {id: id, text: data.text}", texts: ["Not bad", "Awful"],
        python: ["json", "data.text"]),
      Expected(file: "unused-odd.jsonl", texts: ["Not bad", "Awful", "Fine", "So so"], python: ["json", "text"]),
      Expected(
        file: "label-lists.jsonl", dataset: "columns: {text: text, label: labels}", model: "families/bert-multi-label",
        texts: ["Not bad", "Awful"], labels: ["[0,2]", "[]"]),
      Expected(
        file: "label-lists.jsonl", dataset: "columns: {text: text, label: labels}", texts: ["Not bad", "Awful"],
        labels: ["[0,2]", "[]"], classes: [nil, nil]),
      Expected(
        file: "label-numbers.csv", dataset: "columns: {id: id, text: text, label: label}",
        texts: ["Not bad", "Awful", "Fine", "Fine", "Fine", "Fine", "Fine", "Fine"],
        labels: ["1", "0", "1.0", "Positive", "LABEL_1", nil, "2", "no such label"],
        classes: [1, 0, 1, 1, 1, nil, nil, nil], python: ["csv", "text", ",", "quotes"]),
      Expected(
        file: "answers-object.json", dataset: "over_long: truncate", model: "families/bert-question-answering",
        texts: ["Who sat on the mat?"], labels: ["The cat"]),
      Expected(
        file: "header-only.csv", dataset: "columns: {id: id, text: text, label: label}", status: 65,
        says: ["header-only.csv: no rows"]),
      Expected(
        file: "terminal-escape.csv", dataset: "columns: {id: id, text: text}",
        texts: ["plain \u{1B}[31mred\u{1B}[0m \u{1B}]0;title\u{7} text"], python: ["csv", "text", ",", "quotes"]),
    ]

    private func pipeline(_ expected: Expected, in scratch: ScratchDirectory) throws -> String {
      try scratch.write(
        """
        models: [\(SalienceBinary.packageRoot)/Tests/Fixtures/\(expected.model)]
        dataset: {path: \(Self.folder)/\(expected.file), \(expected.dataset)}
        methods: [{name: gradient-x-input}]
        output: {directory: \(scratch.path)/run}

        """, to: "case.yaml")
    }

    @Test(arguments: all) func givesItsRows(_ expected: Expected) throws {
      let scratch = try ScratchDirectory()
      let path = try pipeline(expected, in: scratch)
      // Where there is nothing to say `check` has nothing to add.
      let isChecked = !expected.says.isEmpty || expected.file == "terminal-escape.csv"
      let checked = isChecked ? try SalienceBinary.run(["check", path, "--device", "cpu"], in: scratch) : nil
      let result = try SalienceBinary.run(
        ["run", path, "--device", "cpu", "--quiet", "--max-bad-rows", "\(expected.errors.count)"], in: scratch)
      #expect(result.status == expected.status, "\(result.errors)")
      for output in [checked?.output ?? "", checked?.errors ?? "", result.output, result.errors] {
        #expect(!output.unicodeScalars.contains("\u{1B}") && !output.unicodeScalars.contains("\u{7}"))
      }
      for part in expected.says {
        #expect(result.errors.contains(part), "\(part) in \(result.errors)")
        #expect(checked?.errors.contains(part) == true, "\(part) in \(checked?.errors ?? "")")
      }
      if expected.says.isEmpty { #expect(!result.errors.contains("warning: \(Self.folder)"), "\(result.errors)") }
      guard expected.status == 0 else { return }
      let model = "model=\(expected.model.split(separator: "/").last ?? "")"
      let predictions = try ParquetReader(path: "\(scratch.path)/run/predictions/\(model)/part-00000.parquet")
      #expect(try predictions.read(column: "text") == .optionalString(expected.texts))
      if let labels = expected.labels { #expect(try predictions.read(column: "label") == .optionalString(labels)) }
      if let classes = expected.classes {
        #expect(try predictions.read(column: "label_index") == .optionalInt32(classes))
        guard case .int32(let predicted) = try predictions.read(column: "predicted_index") else {
          Issue.record("predicted_index has another type")
          return
        }
        #expect(
          try predictions.read(column: "correct")
            == .optionalBool(
              zip(classes, predicted).map { meant, predicted in meant.map { $0 == predicted } }))
      }
      try confirm(expected, in: scratch)
      let errors = "\(scratch.path)/run/errors/\(model)/part-00000.parquet"
      #expect(FileManager.default.fileExists(atPath: errors) == !expected.errors.isEmpty)
      if !expected.errors.isEmpty {
        #expect(try ParquetReader(path: errors).read(column: "row") == .int64(expected.errors))
      }
      let notes =
        try #require(
          try JSONSerialization.jsonObject(
            with: try Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/run/run.json")))
            as? [String: Any])["dataset_notes"] as? [String]
      #expect(notes?.isEmpty == expected.says.isEmpty)
    }

    /// Python reads the same texts where it is told how the file is written.
    private func confirm(_ expected: Expected, in scratch: ScratchDirectory) throws {
      guard let python = ProcessInfo.processInfo.environment["SALIENCE_PYTHON"], !expected.python.isEmpty else {
        return
      }
      let script = "\(SalienceBinary.packageRoot)/Tests/SalienceEndToEndTests/Python/read_case.py"
      let read = try SalienceBinary.run(
        program: python, [script, "\(Self.folder)/\(expected.file)"] + expected.python, in: scratch)
      #expect(read.status == 0, "\(read.errors)")
      #expect(try JSONSerialization.jsonObject(with: Data(read.output.utf8)) as? [String] == expected.texts)
    }

    /// The long prompt gets as many tokens as positions are left, and the short one the same as alone.
    @Test func promptsNearTheLimit() throws {
      let scratch = try ScratchDirectory()
      func tokens(_ options: String...) throws -> (generated: [String?], counts: [Int32]) {
        let run = "\(scratch.path)/run-\(options.count)"
        let result = try SalienceBinary.run(
          [
            "run", "pipelines/causal-lm.yaml", "--device", "cpu", "--quiet", "--input",
            "\(Self.folder)/lm-near-limit.csv", "--output", run, "--set", "generation=null",
          ] + options, in: scratch)
        try #require(result.status == 0, "\(result.errors)")
        let predictions = try ParquetReader(path: "\(run)/predictions/model=language-model/part-00000.parquet")
        guard case .optionalString(let generated) = try predictions.read(column: "generated"),
          case .int32(let counts) = try predictions.read(column: "token_count")
        else { throw SalienceBinary.Failure(description: "the columns have other types") }
        return (generated, counts)
      }
      let (both, alone) = (try tokens(), try tokens("--limit", "1"))
      #expect(both.generated.count == 2 && alone.generated.count == 1)
      #expect(both.generated.first == alone.generated.first && both.counts.first == alone.counts.first)
      // The prompts have 4 and 121 tokens. The model has 128 positions, and the last token that comes needs none.
      #expect(both.counts.first == 24 && both.counts.last.map { 128...129 ~= $0 } == true, "\(both.counts)")
      #expect(both.generated.allSatisfy { $0?.isEmpty == false })
    }

    /// The pointer is named as one, with the command that fetches what it points to.
    @Test func aPointerInPlaceOfWeights() throws {
      let tiny = try TinyPipeline()
      let model = try tiny.scratch.copy(checkpoint: "bert-2-f32")
      let weights = "\(model)/model.safetensors"
      try FileManager.default.removeItem(atPath: weights)
      try FileManager.default.copyItem(atPath: "\(Self.folder)/lfs-pointer.safetensors", toPath: weights)
      for command in ["run", "check"] {
        let result = try SalienceBinary.run([command, tiny.path, "--model", model], in: tiny.scratch)
        #expect(result.status == 65, "\(result.errors)")
        #expect(result.errors.contains("\(weights): a Git LFS pointer"), "\(result.errors)")
        #expect(result.errors.contains("git -C") && result.errors.contains("lfs pull"), "\(result.errors)")
      }
    }

    /// Neither the texts nor the names of files steer a terminal, whatever the command.
    @Test func nothingSteersTheTerminal() throws {
      let scratch = try ScratchDirectory()
      let folder = "\(scratch.path)/a\u{1B}[31m\u{7}"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let dataset = "\(folder)/texts.csv"
      try FileManager.default.copyItem(atPath: "\(Self.folder)/terminal-escape.csv", toPath: dataset)
      let text = "plain \u{1B}[31mred\u{1B}[0m"
      let tiny = try TinyPipeline()
      let run = "\(folder)/run"
      let options = ["--input", dataset, "--output", run]
      for arguments in [
        ["check", tiny.path] + options, ["run", tiny.path] + options, ["run", tiny.path] + options,
        ["verify", run], ["export", run, "--format", "csv", "--output", "-"], ["verify", "\(folder)/none"],
        ["run", tiny.path, "--input", "\(folder)/none.csv"], ["attribute", text, "--model", "\(folder)/none"],
        ["attribute", text, "--model", TinyPipeline.checkpoint("bert-2-f32"), "--steps", "2"],
      ] {
        let result = try SalienceBinary.run(arguments, in: scratch)
        for output in [result.output, result.errors] {
          #expect(!output.unicodeScalars.contains("\u{1B}") && !output.unicodeScalars.contains("\u{7}"), "\(arguments)")
        }
      }
    }

    @Test func everyFileIsExpectedToGiveSomething() throws {
      let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter { $0 != "README.md" }
      #expect(Set(files) == Set(Self.all.map(\.file) + ["lfs-pointer.safetensors", "lm-near-limit.csv"]))
    }
  }
}
