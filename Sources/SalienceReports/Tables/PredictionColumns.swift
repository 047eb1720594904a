import SalienceParquet

/// Rows of the predictions table, column by column.
public struct PredictionColumns: TableColumns, Equatable {
  public static let schema = ParquetSchema([
    ParquetColumn("row", .int64),
    ParquetColumn("example_id", .string),
    ParquetColumn("text", .string, optional: true),
    ParquetColumn("text_pair", .string, optional: true),
    ParquetColumn("label", .string, optional: true, dictionary: true),
    ParquetColumn("predicted", .string, dictionary: true),
    ParquetColumn("predicted_index", .int32, dictionary: true),
    ParquetColumn("probability", .float),
    ParquetColumn("logits", .floatList),
    ParquetColumn("token_count", .int32, dictionary: true),
    ParquetColumn("truncated", .bool),
    ParquetColumn("status", .string, dictionary: true),
    ParquetColumn("answer", .string, optional: true),
    ParquetColumn("answer_start", .int32, optional: true, dictionary: true),
    ParquetColumn("answer_end", .int32, optional: true, dictionary: true),
    ParquetColumn("generated", .string, optional: true),
    ParquetColumn("label_index", .int32, optional: true, dictionary: true),
    ParquetColumn("correct", .bool, optional: true),
    ParquetColumn("dataset_file", .string, dictionary: true),
  ])

  /// Whether the table, or a reader of its folders, has a column of that name already; many readers ignore case.
  public static func isTaken(_ name: String) -> Bool {
    (schema.columns.map(\.name) + ["model"]).contains { $0.lowercased() == name.lowercased() }
  }

  /// Columns of the dataset that are carried along, behind the table's own.
  public let keep: [String]

  public private(set) var row: [Int64] = []
  public private(set) var exampleID: [String] = []
  public private(set) var text: [String?] = []
  public private(set) var textPair: [String?] = []
  public private(set) var label: [String?] = []
  public private(set) var predicted: [String] = []
  public private(set) var predictedIndex: [Int32] = []
  public private(set) var probability: [Float] = []
  /// C logits a row.
  public private(set) var logits: [[Float]] = []
  public private(set) var tokenCount: [Int32] = []
  public private(set) var truncated: [Bool] = []
  public private(set) var status: [String] = []
  /// The part of the pair that answers a question; null in other tasks and where there is no answer.
  public private(set) var answer: [String?] = []
  /// Where the answer begins in the pair, in Unicode scalars.
  public private(set) var answerStart: [Int32?] = []
  public private(set) var answerEnd: [Int32?] = []
  /// What a causal language model wrote after the text; null in other tasks, and where the dataset gave it.
  public private(set) var generated: [String?] = []
  /// The class that the label means; null where it is none, or several.
  public private(set) var labelIndex: [Int32?] = []
  /// Whether the prediction is what the label says; null where that cannot be said.
  public private(set) var correct: [Bool?] = []
  public private(set) var datasetFile: [String] = []
  /// A list of values a column carried along.
  public private(set) var kept: [[String?]]

  public init() { self.init(keep: []) }

  /// - Parameter keep: names of the columns that examples carry along, in their order.
  public init(keep: [String]) {
    self.keep = keep
    kept = keep.map { _ in [] }
  }

  var schema: ParquetSchema {
    ParquetSchema(Self.schema.columns + keep.map { ParquetColumn($0, .string, optional: true, dictionary: true) })
  }

  public var count: Int { row.count }

  /// Adds the row of one example.
  ///
  /// - Parameter includeText: whether its texts are stored, with its answer and label where these are text, or null in
  ///   their place; columns that are carried along are stored either way.
  /// - Throws: `ReportError.invalidExample` where an index does not fit the table or the answer is not in the pair.
  public mutating func append(_ scored: ScoredExample, includeText: Bool = true) throws {
    let index = try scored.narrow(scored.prediction.index, "predicted_index")
    let answerText = try scored.answer()
    let start = try scored.prediction.answer.map { try scored.narrow($0.lowerBound, "answer_start") }
    let end = try scored.prediction.answer.map { try scored.narrow($0.upperBound, "answer_end") }
    let labelIndex = try scored.meaning.index.map { try scored.narrow($0, "label_index") }
    row.append(scored.example.row)
    exampleID.append(scored.example.id)
    text.append(includeText ? scored.example.text : nil)
    textPair.append(includeText ? scored.example.textPair : nil)
    label.append(includeText || scored.answersInClasses ? scored.example.label : nil)
    predicted.append(includeText ? scored.prediction.label : scored.prediction.withoutText ?? scored.prediction.label)
    predictedIndex.append(index)
    probability.append(scored.prediction.probability)
    logits.append(scored.prediction.logits)
    tokenCount.append(Int32(clamping: scored.encoding.count))
    truncated.append(scored.encoding.truncated)
    status.append(scored.status.rawValue)
    answer.append(includeText ? answerText : nil)
    answerStart.append(start)
    answerEnd.append(end)
    generated.append(includeText ? scored.generated : nil)
    self.labelIndex.append(labelIndex)
    correct.append(scored.meaning.isCorrect)
    datasetFile.append(scored.datasetFile)
    for column in kept.indices {
      let values = scored.example.kept
      kept[column].append(values.indices.contains(column) ? values[column] : nil)
    }
  }

  public var columnData: [ColumnData] {
    [
      .int64(row), .string(exampleID), .optionalString(text), .optionalString(textPair), .optionalString(label),
      .string(predicted), .int32(predictedIndex), .float(probability), .floatList(logits), .int32(tokenCount),
      .bool(truncated), .string(status), .optionalString(answer), .optionalInt32(answerStart),
      .optionalInt32(answerEnd), .optionalString(generated), .optionalInt32(labelIndex), .optionalBool(correct),
      .string(datasetFile),
    ] + kept.map { .optionalString($0) }
  }
}

extension ScoredExample {
  /// The integer in 32 bits, or an error naming row and column.
  func narrow(_ value: Int, _ column: String) throws -> Int32 {
    guard let narrow = Int32(exactly: value) else {
      throw ReportError(.invalidExample, "\(column) does not fit in 32 bits", at: "row \(example.row)")
    }
    return narrow
  }
}
