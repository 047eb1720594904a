import Foundation
import SalienceAttribution
import SalienceDatasets
import SalienceParquet
import SalienceReports
import Testing

/// What the predictions hold besides: the file, what the label comes to, and columns that are carried along.
@Suite struct CarriedColumnsTests {
  @Test func columnsFollowTheTablesOwn() throws {
    let scratch = try Scratch()
    let writer = UnitWriter(directory: scratch.path, options: .init(includeText: false, keep: ["source", "Année"]))
    let meanings = [
      LabelMeaning(index: 1, isCorrect: true), LabelMeaning(isUnknown: true, unknown: ["x"], classes: ["a", "b"]),
      LabelMeaning(isCorrect: false),
    ]
    for (row, meaning) in meanings.enumerated() {
      let sample = SampleRun.example(Int64(row), model: 0)
      var scored = ScoredExample(
        example: Example(
          row: Int64(row), id: "\(row)", text: "t", label: "l", kept: [row == 1 ? nil : "k\(row)", "=1"]),
        encoding: sample.encoding, prediction: sample.prediction, explanations: sample.explanations, status: .ok)
      scored.meaning = meaning
      scored.datasetFile = "d\(row).csv"
      try writer.append(scored)
    }
    let path = try #require(try writer.finish().first).path
    let reader = try ParquetReader(path: path)
    #expect(
      reader.schema.columns.suffix(5).map(\.name) == ["label_index", "correct", "dataset_file", "source", "Année"])
    #expect(try reader.read(column: "label_index") == .optionalInt32([1, nil, nil]))
    #expect(try reader.read(column: "correct") == .optionalBool([true, nil, false]))
    #expect(try reader.read(column: "dataset_file") == .string(["d0.csv", "d1.csv", "d2.csv"]))
    #expect(try reader.read(column: "source") == .optionalString(["k0", nil, "k2"]), "asked for, texts or not")
    #expect(try reader.read(column: "Année") == .optionalString(["=1", "=1", "=1"]))
  }

  @Test func namesThatAreTakenAreKnown() {
    for name in ["row", "text", "Text", "label_index", "CORRECT", "dataset_file", "model"] {
      #expect(PredictionRow.isTaken(name), "\(name)")
    }
    #expect(!PredictionRow.isTaken("source") && !PredictionRow.isTaken("meta.text"))
  }

  @Test func unknownLabelsAreCountedAndTheFirstShown() throws {
    var found = UnknownLabels()
    for label in ["x", "y", "x", "z", "w"] {
      found.add(LabelMeaning(isUnknown: true, unknown: [label], classes: ["no", "yes"]))
    }
    found.add(LabelMeaning(index: 1, isCorrect: false))
    found.add(LabelMeaning())
    #expect(found.rows == 5 && found.first == ["x", "y", "z"] && found.classes == ["no", "yes"])
    #expect(
      found.text(of: 7, model: "m")
        == "the labels of 5 of 7 rows ('x', 'y', 'z', …) are no class of m, whose classes are "
        + "no, yes; 'correct' is null there")
    #expect(UnknownLabels(found.json) == found)
    var sum = UnknownLabels()
    sum.add(LabelMeaning(isUnknown: true, unknown: [String(repeating: "é", count: 50)]))
    sum += found
    #expect(sum.rows == 6 && sum.first == [String(repeating: "é", count: 40) + "…", "x", "y"])
    #expect(UnknownLabels().text(of: 3, model: "m") == nil)
  }

  /// Without texts nothing of the texts is left: not in tokens, answers, generated tokens, targets, labels and words.
  @Test func noTextIsLeftWhereTextsAreLeftOut() throws {
    let scratch = try Scratch()
    let classified = SampleRun.example(2, model: 0, tokens: 12)
    let examples = [SampleTasks.generation(0), SampleTasks.answer(1), classified]
    var texts = Set(["Once", "upon", "Anna", "née", "time", "Ġend"])
    texts.formUnion(classified.example.text.split(separator: " ").map(String.init).filter { $0.count > 3 })
    let writer = UnitWriter(
      directory: scratch.path, options: .init(includeText: false, compression: .none, words: .sum))
    for example in examples { try writer.append(example) }
    let staged = try writer.finish()
    for table in staged {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: table.path))
      for text in texts { #expect(bytes.range(of: Data(text.utf8)) == nil, "\(text) in \(table.table)") }
    }
    let predictions = try ParquetReader(path: staged[0].path)
    let names = classified.prediction.label
    #expect(try predictions.read(column: "predicted") == .string(["20 21 22 23", "5-10", names]))
    #expect(try predictions.read(column: "generated") == .optionalString([nil, nil, nil]))
    #expect(try predictions.read(column: "label") == .optionalString([nil, nil, classified.example.label]))
    #expect(try predictions.read(column: "answer_start") == .optionalInt32([nil, 5, nil]))
    let explanations = try ParquetReader(path: staged[1].path)
    guard case .string(let targets) = try explanations.read(column: "target") else {
      Issue.record("targets are no texts")
      return
    }
    #expect(targets.prefix(6) == ["20", "21", "22", "4", "start", "end"])
    let tokens = try ParquetReader(path: staged[2].path)
    guard case .optionalString(let found) = try tokens.read(column: "token") else {
      Issue.record("tokens are not optional")
      return
    }
    #expect(found.allSatisfy { $0 == nil })
  }

  @Test func runsWithoutTokensAreExportedAndComparedByIds() throws {
    let scratch = try Scratch()
    let examples = (0..<30).map { SampleRun.example($0, model: 0) }
    func run(_ name: String, includeText: Bool) throws -> RunDirectory {
      try SampleRun.write([("m", examples)], into: "\(scratch.path)/\(name)", includeText: includeText)
    }
    let (with, without) = (try run("with", includeText: true), try run("without", includeText: false))
    let path = "\(scratch.path)/t.csv"
    let output = try FileOutput(creating: path)
    let exported = try TokenCSV.export(without, to: output)
    try output.finish()
    let csv = try String(contentsOfFile: path, encoding: .utf8)
    #expect(exported.tokens > 100 && !csv.contains("good") && !csv.contains("##believ") && !csv.contains("[CLS]"))
    let words = try FileOutput(creating: "\(scratch.path)/w.csv")
    let error = #expect(throws: ReportError.self) { try WordCSV.export(without, merge: .sum, to: words) }
    #expect(error?.message.contains("output.text: false") == true)
    for other in [with, try run("again", includeText: false)] {
      let pairs = try Comparison.pairs(of: [without, other])
      let summary = try #require(try Comparison(minimumCount: 1).write(pairs, to: "\(scratch.path)/c").first)
      #expect(summary.examples == 30 && summary.incomparable == 0 && summary.words.isEmpty)
      #expect(summary.unknownTexts == 30)
      #expect(summary.text().contains("no words     the tables hold ids of tokens alone"))
      #expect(summary.averages(of: "ig").jaccard?.mean == 1)
    }
  }
}
