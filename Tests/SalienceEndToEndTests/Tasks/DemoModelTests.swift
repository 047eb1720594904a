import Foundation
import SalienceParquet
import Testing

extension EndToEndTests {
  /// The checkpoints that come with the repository are worth a first look.
  @Suite struct DemoModels {
    /// As many as models/reader/README.md says; no question of either file was trained on.
    @Test(arguments: [("questions", 28, 24), ("more-questions", 40, 37)])
    func theReaderAnswersSimpleQuestions(file: String, count: Int, least: Int) throws {
      let scratch = try ScratchDirectory()
      let run = "\(scratch.path)/run"
      let result = try SalienceBinary.run(
        [
          "run", "pipelines/question-answering.yaml", "--input", "datasets/\(file).json", "--device", "cpu",
          "--output", run, "--quiet", "--set", "methods.0.steps=2", "--set", "output.formats=[parquet]",
        ], in: scratch)
      try #require(result.status == 0, "\(result.errors)")
      let predictions = try ParquetReader(path: "\(run)/predictions/model=reader/part-00000.parquet")
      let (answers, labels) = try (predictions.read(column: "predicted"), predictions.read(column: "label"))
      let (found, expected) = (Self.texts(answers), Self.texts(labels))
      try #require(found.count == count && expected.count == count && !expected.contains(nil))
      let right = zip(found, expected).filter { $0 == $1 }.count
      #expect(right >= least, "\(right) of \(count) are right")
    }

    /// The first two are examples of README.md and of models/demo/README.md.
    @Test(arguments: [
      ("Not bad at all.", "positive"), ("Not good at all.", "negative"), ("The pizza was not bad at all.", "positive"),
      ("The sequel is far from dreary.", "positive"), ("There is no joy in this opera.", "negative"),
    ])
    func theFinalCheckpointHearsNegations(text: String, label: String) throws {
      let scratch = try ScratchDirectory()
      let result = try SalienceBinary.run(
        ["attribute", text, "--model", "models/demo/checkpoint-8000", "--device", "cpu", "--steps", "4", "--json"],
        in: scratch)
      try #require(result.status == 0, "\(result.errors)")
      let parsed = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
      #expect(parsed?["predicted"] as? String == label, "\(result.output.prefix(400))")
    }

    private static func texts(_ column: ColumnData) -> [String?] {
      switch column {
      case .string(let values): values
      case .optionalString(let values): values
      default: []
      }
    }
  }
}
