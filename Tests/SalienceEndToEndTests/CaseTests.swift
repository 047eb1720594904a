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
      /// Rows of the errors table.
      var errors: [Int64] = []
      /// What standard error says.
      var says: [String] = []

      var testDescription: String { "\(file) \(dataset)" }
    }

    static let all: [Expected] = [
      Expected(
        file: "quotes-swallow.tsv", dataset: "columns: {id: id, text: text, label: label}",
        texts: ["one", "\"Weird title starts here", "three", "four ends with a quote\"", "five"],
        labels: ["positive", "negative", "positive", "negative", "positive"],
        says: ["quotes-swallow.tsv: quotes are read as plain text", "dataset.quote"]),
      Expected(
        file: "quotes-inside.tsv", dataset: "columns: {text: sentence, label: label}",
        texts: [
          "it is a \" must see \" film", "\" hardly any plot , hardly any jokes", "plain words here", "\"Both ends\"",
        ], labels: ["1", "0", "1", "1"], says: ["quotes-inside.tsv: quotes are read as plain text"]),
      Expected(
        file: "quotes-real.tsv", dataset: "columns: {id: id, text: text, label: label}",
        texts: ["two\nlines, one cell", "a \"quoted\" word", "plain"], labels: ["positive", "negative", "positive"]),
      Expected(
        file: "bare-cr.csv", dataset: "columns: {id: id, text: text}", texts: ["fine", "plain"], errors: [1]),
      Expected(
        file: "semicolon.csv", dataset: "columns: {id: id, text: text, label: label}",
        texts: ["Not bad", "Awful, really"], labels: ["positive", "negative"],
        says: ["semicolon.csv: the delimiter is ';'", "dataset.delimiter"]),
      Expected(
        file: "headerless.tsv", status: 65,
        says: ["headerless.tsv: no column 'text'", "'one long string of jokes\\t1'", "dataset.header: [text, ...]"]),
      Expected(
        file: "headerless.tsv", dataset: "header: [text, label], columns: {text: text, label: label}",
        texts: ["one long string of jokes", "a dull evening"], labels: ["1", "0"]),
      Expected(
        file: "array.json", dataset: "columns: {id: id, text: text, label: label}", texts: ["Not bad", "Awful"],
        labels: ["positive", "negative"]),
      Expected(file: "lines.json", dataset: "columns: {id: id, text: text}", texts: ["Not bad", "Awful"]),
      Expected(file: "nested.jsonl", dataset: "columns: {id: id, text: data.text}", texts: ["Not bad", "Awful"]),
      Expected(file: "unused-odd.jsonl", texts: ["Not bad", "Awful", "Fine", "So so"]),
      Expected(
        file: "label-lists.jsonl", dataset: "columns: {text: text, label: labels}", model: "families/bert-multi-label",
        texts: ["Not bad", "Awful"], labels: ["[0,2]", "[]"]),
      Expected(
        file: "label-lists.jsonl", dataset: "columns: {text: text, label: labels}", texts: ["Not bad", "Awful"],
        labels: ["[0,2]", "[]"]),
      Expected(
        file: "label-numbers.csv", dataset: "columns: {id: id, text: text, label: label}",
        texts: ["Not bad", "Awful", "Fine", "Fine", "Fine", "Fine", "Fine", "Fine"],
        labels: ["1", "0", "1.0", "Positive", "LABEL_1", nil, "2", "no such label"]),
      Expected(
        file: "answers-object.json", dataset: "over_long: truncate", model: "families/bert-question-answering",
        texts: ["Who sat on the mat?"], labels: ["The cat"]),
      Expected(
        file: "header-only.csv", dataset: "columns: {id: id, text: text, label: label}", status: 65,
        says: ["header-only.csv: no rows"]),
      Expected(
        file: "terminal-escape.csv", dataset: "columns: {id: id, text: text}",
        texts: ["plain \u{1B}[31mred\u{1B}[0m \u{1B}]0;title\u{7} text"]),
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
      let checked = try SalienceBinary.run(["check", path, "--device", "cpu"], in: scratch)
      let result = try SalienceBinary.run(
        ["run", path, "--device", "cpu", "--quiet", "--max-bad-rows", "\(expected.errors.count)"], in: scratch)
      #expect(result.status == expected.status, "\(result.errors)")
      for output in [checked.output, checked.errors, result.output, result.errors] {
        #expect(!output.unicodeScalars.contains("\u{1B}") && !output.unicodeScalars.contains("\u{7}"))
      }
      for part in expected.says {
        #expect(result.errors.contains(part) && checked.errors.contains(part), "\(part) in \(result.errors)")
      }
      if expected.says.isEmpty { #expect(!result.errors.contains("warning: \(Self.folder)"), "\(result.errors)") }
      guard expected.status == 0 else { return }
      let model = "model=\(expected.model.split(separator: "/").last ?? "")"
      let predictions = try ParquetReader(path: "\(scratch.path)/run/predictions/\(model)/part-00000.parquet")
      #expect(try predictions.read(column: "text") == .optionalString(expected.texts))
      if let labels = expected.labels { #expect(try predictions.read(column: "label") == .optionalString(labels)) }
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

    @Test func everyFileIsExpectedToGiveSomething() throws {
      let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter { $0 != "README.md" }
      let elsewhere = ["lfs-pointer.safetensors", "lm-near-limit.csv"]
      #expect(Set(files) == Set(Self.all.map(\.file) + elsewhere))
    }
  }
}
