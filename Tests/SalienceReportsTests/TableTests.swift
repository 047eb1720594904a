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
      columns(.attention) == [
        "row int64", "example_id string", "method string", "target string", "target_index int32?",
        "target_position int32?", "layer int32?", "head int32?", "from_position int32", "from_token string?",
        "to_position int32", "to_token string?", "weight float",
      ])
    #expect(
      columns(.activations) == [
        "row int64", "example_id string", "method string", "target string", "target_index int32?",
        "target_position int32?", "layer int32", "position int32", "token string?", "token_id int32", "unit int32",
        "value float",
      ])
    #expect(
      columns(.metrics) == [
        "row int64", "example_id string", "method string", "target string", "target_index int32?",
        "target_position int32?", "metric string", "fraction float?", "other_method string?", "value double?",
        "evaluations int32?",
      ])
    #expect(
      columns(.errors) == [
        "dataset_file string", "row int64", "example_id string?", "stage string", "message string",
      ])
  }

  private func read<Row: TableRow>(_ table: StagedTable) throws -> [Row] {
    var cursor = TableCursor<Row>([table.path])
    var rows: [Row] = []
    while let row = try cursor.next() { rows.append(row) }
    return rows
  }

  @Test func everyColumnReadsBackAsWritten() throws {
    let scratch = try Scratch()
    let examples = (0..<30).map { SampleRun.example($0, model: 1, isMeasured: true) }
    let failed = FailedRow(datasetFile: "d.csv", row: 30, exampleID: nil, stage: .read, message: "line 32: bad UTF-8")
    let writer = UnitWriter(directory: scratch.path, options: .init(includeText: false))
    for example in examples { try writer.append(example) }
    try writer.append(failed)
    let staged = try writer.finish()
    let contents = TableContents(includeText: false)
    let tokens = try examples.flatMap { try AttributionRow.rows(of: $0, contents) }
    #expect(staged.map(\.table) == Table.allCases)
    #expect(staged.map(\.rows) == [30, 90, Int64(tokens.count), 60, 30, 270, 1])
    let predictions: [PredictionRow] = try read(staged[0])
    #expect(predictions == (try examples.flatMap { try PredictionRow.rows(of: $0, contents) }))
    #expect(predictions.allSatisfy { $0.text == nil } && predictions.contains { $0.label != nil })
    #expect(try read(staged[2]) == tokens)
    let attention: [AttentionRow] = try read(staged[3])
    #expect(attention == (try examples.flatMap { try AttentionRow.rows(of: $0, contents) }))
    #expect(attention.allSatisfy { $0.fromToken == nil && $0.toToken == nil && $0.key.method == "ig" })
    #expect(attention.prefix(2).map(\.weight) == [0.25, 1] && attention.prefix(2).map(\.layer) == [1, nil])
    let activations: [ActivationRow] = try read(staged[4])
    #expect(activations == (try examples.flatMap { try ActivationRow.rows(of: $0, contents) }))
    #expect(activations[0].layer == 2 && activations[0].unit == 767 && activations[0].value == -3.5)
    #expect(activations.allSatisfy { $0.token == nil && $0.position == 1 && $0.key.method == "ig" })
    let metrics: [MetricRow] = try read(staged[5])
    #expect(metrics == (try examples.flatMap { try MetricRow.rows(of: $0, contents) }))
    #expect(metrics.prefix(3).map(\.value) == [1.0 / 3, nil, -1e-300] && metrics[1].fraction == 0.5)
    #expect(try read(staged[6]) == [failed])
    // In single precision.
    let expected = try examples.flatMap { try ExplanationRow.rows(of: $0, contents) }.map { row in
      var row = row
      row.attributionSum = Double(Float(row.attributionSum))
      row.attributionNorm = Double(Float(row.attributionNorm))
      row.convergenceDelta = row.convergenceDelta.map { Double(Float($0)) }
      row.relativeDelta = row.relativeDelta.map { Double(Float($0)) }
      return row
    }
    #expect(try read(staged[1]) == expected)
  }

  /// Each column holds the property that its name says.
  @Test func columnsHoldWhatTheirNamesSay() throws {
    let scratch = try Scratch()
    let scored = SampleTasks.answer()
    let writer = UnitWriter(directory: scratch.path)
    try writer.append(scored)
    let files = try writer.finish().map { try ParquetReader(path: $0.path) }
    let all = scored.explanations
    func floats(_ values: [Double?]) -> ColumnData { .optionalFloat(values.map { $0.map { Float($0) } }) }
    #expect(try files[0].read(column: "text") == .optionalString([scored.example.text]))
    #expect(try files[0].read(column: "text_pair") == .optionalString([scored.example.textPair]))
    #expect(try files[0].read(column: "predicted") == .string([scored.prediction.label]))
    #expect(try files[0].read(column: "logits") == .floatList([scored.prediction.logits]))
    #expect(try files[0].read(column: "token_count") == .int32([Int32(scored.encoding.count)]))
    #expect(try files[1].read(column: "target") == .string(all.map(\.target)))
    #expect(try files[1].read(column: "output") == .float(all.map { Float($0.output) }))
    #expect(try files[1].read(column: "baseline_output") == floats(all.map(\.baselineOutput)))
    #expect(try files[1].read(column: "convergence_delta") == floats(all.map(\.convergenceDelta)))
    #expect(try files[1].read(column: "relative_delta") == floats(all.map(\.relativeDelta)))
    #expect(try files[1].read(column: "attribution_sum") == .float(all.map { Float($0.attributionSum) }))
    #expect(try files[1].read(column: "attribution_norm") == .float(all.map { Float($0.attributionNorm) }))
    #expect(try files[2].read(column: "attribution") == .float(all.flatMap(\.attributions)))
    #expect(try files[2].read(column: "normalized") == .float(all.flatMap(\.normalized)))
    #expect(try files[2].read(column: "token_id") == .int32(all.flatMap { _ in scored.encoding.ids }))
    let ends = scored.encoding.offsets.map { $0.map { Int32($0.upperBound) } }
    #expect(try files[2].read(column: "end") == .optionalInt32(all.flatMap { _ in ends }))
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
    #expect(throws: ReportError.self) { try AttributionRow.rows(of: broken, TableContents()) }
    let scratch = try Scratch()
    let writer = UnitWriter(directory: scratch.path)
    #expect(throws: ReportError.self) { try writer.append(broken) }
    #expect(try writer.finish().isEmpty, "nothing of it is written")
  }
}
