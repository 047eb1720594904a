import SalienceParquet

/// Two checkpoints' explanations of one example by one method.
public struct ComparedExplanation: Sendable, Equatable {
  public var row: Int64
  public var exampleID: String
  public var method: String
  public var modelA: String
  public var modelB: String
  public var predictedA: String
  public var predictedB: String
  /// Whether the two predict different classes.
  public var flip: Bool
  public var probabilityA: Float
  public var probabilityB: Float
  public var targetA: String
  public var targetB: String
  /// Whether both explain the same target over the same token sequence; the similarities are null otherwise.
  public var comparable: Bool
  /// Tokens compared, specials left out; null where not comparable.
  public var tokens: Int32?
  public var cosine: Double?
  public var spearman: Double?
  public var jaccard: Double?
  /// The token that an output is about; null where it is about the whole text.
  public var targetPositionA: Int32?
  public var targetPositionB: Int32?
}

/// The tables that a comparison writes, as Parquet and as CSV.
struct ComparisonColumns {
  static let schema = ParquetSchema([
    ParquetColumn("row", .int64),
    ParquetColumn("example_id", .string),
    ParquetColumn("method", .string, dictionary: true),
    ParquetColumn("model_a", .string, dictionary: true),
    ParquetColumn("model_b", .string, dictionary: true),
    ParquetColumn("predicted_a", .string, dictionary: true),
    ParquetColumn("predicted_b", .string, dictionary: true),
    ParquetColumn("flip", .bool),
    ParquetColumn("probability_a", .float),
    ParquetColumn("probability_b", .float),
    ParquetColumn("target_a", .string, dictionary: true),
    ParquetColumn("target_b", .string, dictionary: true),
    ParquetColumn("comparable", .bool),
    ParquetColumn("tokens", .int32, optional: true, dictionary: true),
    ParquetColumn("cosine", .double, optional: true),
    ParquetColumn("spearman", .double, optional: true),
    ParquetColumn("jaccard", .double, optional: true, dictionary: true),
    ParquetColumn("target_position_a", .int32, optional: true, dictionary: true),
    ParquetColumn("target_position_b", .int32, optional: true, dictionary: true),
  ])

  static let wordSchema = ParquetSchema([
    ParquetColumn("method", .string, dictionary: true),
    ParquetColumn("model_a", .string, dictionary: true),
    ParquetColumn("model_b", .string, dictionary: true),
    ParquetColumn("target", .string, dictionary: true),
    ParquetColumn("word", .string),
    ParquetColumn("count", .int64),
    ParquetColumn("mean_a", .double),
    ParquetColumn("mean_b", .double),
    ParquetColumn("mean_change", .double),
  ])

  static func columnData(_ rows: [ComparedExplanation]) -> [ColumnData] {
    [
      .int64(rows.map(\.row)), .string(rows.map(\.exampleID)), .string(rows.map(\.method)),
      .string(rows.map(\.modelA)), .string(rows.map(\.modelB)), .string(rows.map(\.predictedA)),
      .string(rows.map(\.predictedB)), .bool(rows.map(\.flip)), .float(rows.map(\.probabilityA)),
      .float(rows.map(\.probabilityB)), .string(rows.map(\.targetA)), .string(rows.map(\.targetB)),
      .bool(rows.map(\.comparable)), .optionalInt32(rows.map(\.tokens)), .optionalDouble(rows.map(\.cosine)),
      .optionalDouble(rows.map(\.spearman)), .optionalDouble(rows.map(\.jaccard)),
      .optionalInt32(rows.map(\.targetPositionA)), .optionalInt32(rows.map(\.targetPositionB)),
    ]
  }

  static func columnData(_ words: [WordMovement]) -> [ColumnData] {
    [
      .string(words.map(\.method)), .string(words.map(\.modelA)), .string(words.map(\.modelB)),
      .string(words.map(\.target)), .string(words.map(\.word)), .int64(words.map(\.count)),
      .double(words.map(\.meanA)), .double(words.map(\.meanB)), .double(words.map(\.meanChange)),
    ]
  }
}

extension CSVEncoder {
  mutating func append(_ row: ComparedExplanation) {
    append(row.row)
    for text in [row.exampleID, row.method, row.modelA, row.modelB, row.predictedA, row.predictedB] { append(text) }
    append(row.flip)
    append(row.probabilityA)
    append(row.probabilityB)
    append(row.targetA)
    append(row.targetB)
    append(row.comparable)
    append(row.tokens)
    for number in [row.cosine, row.spearman, row.jaccard] { append(number) }
    append(row.targetPositionA)
    append(row.targetPositionB)
    endLine()
  }

  mutating func append(_ word: WordMovement) {
    for text in [word.method, word.modelA, word.modelB, word.target, word.word] { append(text) }
    append(word.count)
    for number in [word.meanA, word.meanB, word.meanChange] { append(number) }
    endLine()
  }
}
