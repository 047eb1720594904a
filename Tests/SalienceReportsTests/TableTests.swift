import Foundation
import SalienceDatasets
import SalienceParquet
import SalienceReports
import Testing

@Suite struct TableTests {
  private func columns(_ table: Table) -> [String] {
    table.schema.columns.map { "\($0.name) \($0.type)\($0.optional ? "?" : "")" }
  }

  @Test func schemasArePinned() {
    #expect(
      columns(.predictions) == [
        "row int64", "example_id string", "text string?", "text_pair string?", "label string?", "predicted string",
        "predicted_index int32", "probability float", "logits floatList", "token_count int32", "truncated bool",
        "status string", "answer string?", "answer_start int32?", "answer_end int32?", "generated string?",
        "label_index int32?", "correct bool?", "dataset_file string",
      ])
    #expect(
      columns(.explanations) == [
        "row int64", "example_id string", "method string", "target string", "target_index int32?",
        "target_position int32?", "output float", "baseline_output float?", "convergence_delta float?",
        "relative_delta float?", "steps int32", "converged bool?", "attribution_sum float", "attribution_norm float",
      ])
    #expect(
      columns(.attributions) == [
        "row int64", "example_id string", "method string", "target string", "target_index int32?",
        "target_position int32?", "position int32", "token string?", "token_id int32", "special bool", "segment int8",
        "word int32?", "start int32?", "end int32?", "attribution float", "normalized float",
        "word_attribution float?",
      ])
    #expect(
      columns(.errors) == [
        "dataset_file string", "row int64", "example_id string?", "stage string", "message string",
      ])
  }

  @Test func everyColumnReadsBackAsWritten() throws {
    let scratch = try Scratch()
    let examples = (0..<30).map { SampleRun.example($0, model: 1) }
    let failed = FailedRow(datasetFile: "d.csv", row: 30, exampleID: nil, stage: .read, message: "line 32: bad UTF-8")
    let writer = UnitWriter(directory: scratch.path, options: .init(includeText: false))
    var predictions = PredictionColumns()
    var explanations = ExplanationColumns()
    var attributions = AttributionColumns()
    var errors = ErrorColumns()
    for example in examples {
      try writer.append(example)
      try predictions.append(example, includeText: false)
      try explanations.append(example, includeText: false)
      try attributions.append(example, includeText: false)
    }
    try writer.append(failed)
    errors.append(failed)
    let staged = try writer.finish()
    #expect(staged.map(\.table) == Table.allCases)
    #expect(staged.map(\.rows) == [30, 90, Int64(attributions.count), 1])
    let expected = [
      predictions.columnData, explanations.columnData, attributions.columnData, errors.columnData,
    ]
    for (table, data) in zip(staged, expected) {
      let reader = try ParquetReader(path: table.path)
      for (column, values) in zip(table.table.schema.columns, data) {
        #expect(try reader.read(column: column.name) == values, "\(table.table) \(column.name)")
      }
    }
    #expect(predictions.text.allSatisfy { $0 == nil })
  }

  @Test func tableWithoutRowsHasNoFile() throws {
    let scratch = try Scratch()
    let writer = UnitWriter(directory: scratch.path)
    try writer.append(FailedRow(datasetFile: "d.csv", row: 0, exampleID: "x", stage: .tokenize, message: "too long"))
    #expect(try writer.finish().map(\.table) == [.errors])
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["errors.parquet"])
  }

  @Test func cancelLeavesNothing() throws {
    let scratch = try Scratch()
    let writer = UnitWriter(directory: scratch.path)
    try writer.append(SampleRun.example(0, model: 0, tokens: 4))
    writer.cancel()
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
  }

  @Test func rowsOutOfOrderAreRefused() throws {
    let scratch = try Scratch()
    let writer = UnitWriter(directory: scratch.path)
    try writer.append(SampleRun.example(4, model: 0))
    let error = #expect(throws: ReportError.self) { try writer.append(SampleRun.example(4, model: 0)) }
    #expect(error?.code == .invalidExample)
    #expect(error?.description == "row 4: follows row 4: rows must ascend")
  }

  @Test func scoresThatMissATokenAreRefused() throws {
    let whole = SampleRun.example(0, model: 0, tokens: 4)
    var encoding = whole.encoding
    encoding.words.removeLast()
    let broken = ScoredExample(
      example: whole.example, encoding: encoding, prediction: whole.prediction, explanations: whole.explanations,
      status: .ok)
    var columns = AttributionColumns()
    #expect(throws: ReportError.self) { try columns.append(broken) }
    #expect(columns.count == 0)
  }
}
