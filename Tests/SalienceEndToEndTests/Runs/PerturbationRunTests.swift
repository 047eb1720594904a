import Foundation
import Testing

extension EndToEndTests {
  /// Perturbation methods in pipelines of the program.
  @Suite struct PerturbationRunTests {
    private static func family(_ name: String) -> String {
      "\(SalienceBinary.packageRoot)/Tests/Fixtures/families/\(name)"
    }

    private func run(
      _ scratch: ScratchDirectory, model: String, dataset: String, columns: String, methods: String,
      _ options: String...
    ) throws -> SalienceBinary.Result {
      try scratch.write(dataset, to: "texts.csv")
      let path = try scratch.write(
        """
        models: [\(Self.family(model))]
        dataset: {path: texts.csv, columns: {\(columns)}}
        methods: [\(methods)]
        output: {directory: \(scratch.path)/run, formats: [parquet, csv]}
        """, to: "p.yaml")
      return try SalienceBinary.run(["run", path, "--quiet"] + options, in: scratch)
    }

    /// The rows of tokens.csv as dictionaries.
    private func tokens(_ scratch: ScratchDirectory) throws -> [[String: String]] {
      let lines = try String(contentsOfFile: "\(scratch.path)/run/tokens.csv", encoding: .utf8)
        .split(whereSeparator: \.isNewline).map {
          $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
      let header = try #require(lines.first)
      return lines.dropFirst().map { Dictionary(zip(header, $0)) { first, _ in first } }
    }

    @Test func continuationIsOneOutput() throws {
      let scratch = try ScratchDirectory()
      let result = try run(
        scratch, model: "gpt2-causal-lm", dataset: "text,next\nthe movie was, good\n",
        columns: "text: text, text_pair: next",
        methods: "{name: leave-one-out, replacement: remove, target: continuation}")
      #expect(result.status == 0, "\(result.errors)")
      let rows = try tokens(scratch)
      #expect(!rows.isEmpty && rows.allSatisfy { $0["target"] == "continuation" && $0["target_index"] == "" })
      #expect(Set(rows.compactMap { $0["target_position"] }).count == 1)
    }

    @Test func aContinuationIsShownByItsName() throws {
      let scratch = try ScratchDirectory()
      let result = try SalienceBinary.run(
        [
          "attribute", "the movie was", "--model", Self.family("gpt2-causal-lm"), "--method", "leave-one-out",
          "--target", "continuation", "--set", "generation.max_new_tokens=3",
        ], in: scratch)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("target continuation"), "\(result.output)")
    }

    @Test func gradientsOfAContinuationAreRefused() throws {
      let scratch = try ScratchDirectory()
      let result = try run(
        scratch, model: "gpt2-causal-lm", dataset: "text\nthe movie was\n", columns: "text: text",
        methods: "{name: saliency, target: continuation}")
      #expect(result.status == 64)
      #expect(result.errors.contains("perturbation methods alone"))
    }

    /// Tokens inside the spans have scores, and the others 0; what is wrong with a row's spans is the row's fault.
    @Test func spansAreTakenOut() throws {
      let scratch = try ScratchDirectory()
      let dataset = """
        id,text,parts
        a,a good film,"[[2, 6]]"
        b,a good film,
        c,a good film,"[[0, 6], [2, 11]]"
        d,a good film,"[[2, 60]]"

        """
      let result = try run(
        scratch, model: "roberta-sequence-classification", dataset: dataset,
        columns: "id: id, text: text, spans: parts",
        methods: "{name: feature-ablation, features: spans}", "--max-bad-rows", "3")
      #expect(result.status == 0, "\(result.errors)")
      let rows = try tokens(scratch)
      #expect(Set(rows.map { $0["example_id"] }) == ["a"])
      for row in rows {
        let isInside = row["start"].flatMap(Int.init).map { 2..<6 ~= $0 } ?? false
        #expect((row["attribution"].flatMap(Double.init) != 0) == isInside, "\(row)")
      }
    }

    @Test func spansNeedTheirColumn() throws {
      let scratch = try ScratchDirectory()
      let result = try run(
        scratch, model: "roberta-sequence-classification", dataset: "text\na good film\n", columns: "text: text",
        methods: "{name: lime, features: spans}")
      #expect(result.status == 64)
      #expect(result.errors.contains("dataset.columns.spans"))
    }

    @Test func aMaskedModelFillsIn() throws {
      let scratch = try ScratchDirectory()
      let result = try run(
        scratch, model: "bert-masked-lm", dataset: "text\na good [MASK] film\n", columns: "text: text",
        methods: "{name: leave-one-out, replacement: model}")
      #expect(result.status == 0, "\(result.errors)")
      let rows = try tokens(scratch)
      #expect(rows.contains { $0["attribution"].flatMap(Double.init) != 0 })
      // The mask that is explained stays.
      #expect(rows.filter { $0["token"] == "[MASK]" }.map { $0["attribution"].flatMap(Double.init) } == [0])
    }

    @Test func aClassifierFillsNothingIn() throws {
      let scratch = try ScratchDirectory()
      let result = try run(
        scratch, model: "roberta-sequence-classification", dataset: "text\na good film\n", columns: "text: text",
        methods: "{name: leave-one-out, replacement: model}")
      #expect(result.status == 64)
      #expect(result.errors.contains("takes a masked language model"), "\(result.errors)")
    }
  }
}
