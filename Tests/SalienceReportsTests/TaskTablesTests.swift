import Foundation
import SalienceAttribution
import SalienceParquet
import SalienceReports
import SalienceTestSupport
import Testing

private let python = ProcessInfo.processInfo.environment["SALIENCE_PYTHON"]

@Suite struct TaskTablesTests {
  @Test func explanationsCoverWhatWasReadBeforeTheToken() throws {
    let scored = SampleTasks.generation()
    let tokens = try AttributionRow.rows(of: scored, TableContents())
    #expect(tokens.count == 3 + 4 + 5 + 6)
    #expect(
      tokens.map(\.key.targetPosition)
        == [3, 3, 3] + [4, 4, 4, 4] + Array(repeating: 5, count: 5) + Array(repeating: 6, count: 6))
    #expect(tokens.prefix(7).map(\.position) == [0, 1, 2, 0, 1, 2, 3])
    #expect(tokens.suffix(6).map(\.token) == ["Once", "Ġup", "on", "Ġa", "Ġt", "ime"])
    #expect(tokens.suffix(4).map(\.start) == [7, nil, nil, nil])
    #expect(tokens.suffix(6).map(\.attribution) == scored.explanations[3].attributions)
    #expect(tokens.allSatisfy { $0.wordAttribution == nil })
    let explanations = try ExplanationRow.rows(of: scored, TableContents())
    #expect(explanations.map(\.key.targetPosition) == [3, 4, 5, 6])
    #expect(explanations.map(\.key.target) == ["Ġa", "Ġt", "ime", "Ġend"])
  }

  @Test func predictionsTellAnswersAndWhatWasGenerated() throws {
    let rows = try [
      PredictionRow.rows(of: SampleTasks.generation(), TableContents()),
      PredictionRow.rows(of: SampleTasks.answer(), TableContents(includeText: false)),
      PredictionRow.rows(of: SampleRun.example(7, model: 0), TableContents()),
    ].flatMap { $0 }
    #expect(rows.map(\.generated) == [" a time end", nil, nil])
    #expect(rows.map(\.answer) == [nil, nil, nil], "an answer is text")
    #expect(rows.map(\.answerStart) == [nil, 5, nil])
    #expect(rows.map(\.answerEnd) == [nil, 10, nil])
    let json = try SampleTasks.answer().json()
    #expect(json["answer"]?.stringValue == "née Ω" && json["answer_end"]?.intValue == 10)
    #expect(json["explanations"]?[1]?["target_position"]?.intValue == 5)
    let generated = try SampleTasks.generation().json()
    #expect(generated["generated"]?.stringValue == " a time end")
    #expect(generated["explanations"]?[0]?["tokens"]?.arrayValue?.count == 3)
  }

  @Test(arguments: [(-1)..<2, 10..<13, 13..<13])
  func answersOutsideTheContextAreRefused(_ range: Range<Int>) {
    let error = #expect(throws: ReportError.self) {
      try PredictionRow.rows(of: SampleTasks.answer(at: range), TableContents())
    }
    #expect(error?.description == "row 6: the answer lies outside its context")
  }

  @Test func explanationsLongerThanTheInputAreRefused() {
    let whole = SampleTasks.generation()
    for (scores, normalized) in [(8, 8), (3, 2)] {
      let explanation = Explanation(
        method: "m", target: "t", targetIndex: 0, output: 0, baselineOutput: nil, convergenceDelta: nil, steps: 1,
        attributions: [Float](repeating: 0, count: scores), normalized: [Float](repeating: 0, count: normalized),
        attributionSum: 0, attributionNorm: 0)
      let broken = ScoredExample(
        example: whole.example, encoding: whole.encoding, prediction: whole.prediction, explanations: [explanation],
        status: .ok)
      let error = #expect(throws: ReportError.self) { try AttributionRow.rows(of: broken, TableContents()) }
      #expect(error?.code == .invalidExample)
    }
  }

  @Test func terminalShowsTheTokensBefore() throws {
    let lines = try ColoredTokens(style: .plain).render(SampleTasks.generation()).split(separator: "\n")
    // The prediction once, then each generated token and those before it.
    try #require(lines.count == 9)
    #expect(lines[0] == "predicted ' a time end' (1.000)  method gxi")
    #expect(lines[1] == "  target ' a' at 3")
    #expect(lines[2].hasPrefix("  Once(") && !lines[2].contains(") a("))
    #expect(lines[8].contains(") a(") && lines[8].contains(") time("))
  }

  @Test func comparisonPairsPositions() throws {
    let scratch = try Scratch()
    let run = try SampleRun.write(
      [
        ("early", [SampleTasks.generation(), SampleTasks.answer(6)]),
        ("final", [SampleTasks.generation(end: "Ġstop"), SampleTasks.answer(6)]),
      ], into: scratch.path)
    let pairs = try Comparison.pairs(of: [run])
    let summary = try #require(try Comparison(minimumCount: 1).write(pairs, to: "\(scratch.path)/out").first)
    #expect(summary.examples == 2 && summary.flips == 1)
    // The last token differs, so that its explanations are of two targets.
    #expect(summary.explanations == 6 && summary.incomparable == 1)
    let reader = try ParquetReader(path: "\(scratch.path)/out/comparison.parquet")
    let positions = ColumnData.optionalInt32([3, 4, 5, 6, 4, 5])
    #expect(try reader.read(column: "target_position_a") == positions)
    #expect(try reader.read(column: "target_position_b") == positions)
    #expect(try reader.read(column: "tokens") == .optionalInt32([3, 4, 5, nil, 4, 4]))
    #expect(try reader.read(column: "comparable") == .bool([true, true, true, false, true, true]))
  }

  @Test func tablesOfEarlierVersionsAreStillRead() throws {
    let scratch = try Scratch()
    let examples = (0..<20).map { SampleRun.example($0, model: 0) }
    let run = try SampleRun.write([("m", examples)], into: "\(scratch.path)/new")
    let later = [
      "word_attribution", "answer", "answer_start", "answer_end", "generated", "label_index", "correct", "dataset_file",
    ]
    for table in [Table.predictions, .attributions] {
      let path = "\(table.rawValue)/model=m/part-00000.parquet"
      let reader = try ParquetReader(path: "\(run.path)/\(path)")
      // Tokens could not be null.
      let kept = table.schema.columns.filter { !later.contains($0.name) }.map {
        $0.name == "token" ? ParquetColumn($0.name, $0.type, dictionary: true) : $0
      }
      try FileManager.default.createDirectory(
        atPath: "\(scratch.path)/old/\(table.rawValue)/model=m", withIntermediateDirectories: true)
      let writer = try ParquetWriter(path: "\(scratch.path)/old/\(path)", schema: ParquetSchema(kept), createdBy: "t")
      try writer.append(
        try kept.map { column in
          let data = try reader.read(column: column.name)
          guard column.name == "token", case .optionalString(let tokens) = data else { return data }
          return .string(tokens.compactMap { $0 })
        })
      _ = try writer.finish()
    }
    let old = try RunDirectory(path: "\(scratch.path)/old")
    var written: [Data] = []
    for (index, run) in [run, old].enumerated() {
      let output = try FileOutput(creating: "\(scratch.path)/\(index).csv")
      try TokenCSV.export(run, to: output)
      try output.finish()
      written.append(try Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/\(index).csv")))
    }
    #expect(written[0] == written[1] && written[0].count > 1000)
  }

  @Test(.enabled(if: python != nil, "SALIENCE_PYTHON names no Python with pyarrow, DuckDB and Polars"))
  func otherReadersSeeTheSameColumns() throws {
    let scratch = try Scratch()
    let examples = (0..<40).map { row in
      row % 3 == 0
        ? SampleTasks.generation(row) : row % 3 == 1 ? SampleTasks.answer(row) : SampleRun.example(row, model: 0)
    }
    let run = try SampleRun.write([("m", examples)], into: scratch.path, partRows: 15)
    try Program.expectPython("Tests/SalienceReportsTests/task_tables_reference.py", [run.path])
  }
}
