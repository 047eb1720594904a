import SalienceParquet

/// Rows of the attributions table, column by column.
public struct AttributionColumns: TableColumns, Equatable {
  public static let schema = ParquetSchema([
    ParquetColumn("row", .int64, dictionary: true),
    ParquetColumn("example_id", .string, dictionary: true),
    ParquetColumn("method", .string, dictionary: true),
    ParquetColumn("target", .string, dictionary: true),
    ParquetColumn("target_index", .int32, optional: true, dictionary: true),
    ParquetColumn("target_position", .int32, optional: true, dictionary: true),
    ParquetColumn("position", .int32, dictionary: true),
    ParquetColumn("token", .string, dictionary: true),
    ParquetColumn("token_id", .int32, dictionary: true),
    ParquetColumn("special", .bool),
    ParquetColumn("segment", .int8, dictionary: true),
    ParquetColumn("word", .int32, optional: true, dictionary: true),
    ParquetColumn("start", .int32, optional: true, dictionary: true),
    ParquetColumn("end", .int32, optional: true, dictionary: true),
    ParquetColumn("attribution", .float),
    ParquetColumn("normalized", .float),
  ])

  public internal(set) var row: [Int64] = []
  public internal(set) var exampleID: [String] = []
  public internal(set) var method: [String] = []
  public internal(set) var target: [String] = []
  public internal(set) var targetIndex: [Int32?] = []
  /// Null in classification, where a target belongs to no token.
  public internal(set) var targetPosition: [Int32?] = []
  public internal(set) var position: [Int32] = []
  public internal(set) var token: [String] = []
  public internal(set) var tokenID: [Int32] = []
  public internal(set) var special: [Bool] = []
  /// 0 for a token of the text and 1 for one of its pair, so that offsets find their column; for special tokens
  /// the token type that the model reads.
  public internal(set) var segment: [Int8] = []
  public internal(set) var word: [Int32?] = []
  public internal(set) var start: [Int32?] = []
  public internal(set) var end: [Int32?] = []
  public internal(set) var attribution: [Float] = []
  public internal(set) var normalized: [Float] = []

  public init() {}

  public var count: Int { row.count }

  /// Adds the rows of one example: its tokens for each explanation in turn.
  ///
  /// - Throws: `ReportError.invalidExample` where the arrays of the encoding or of an explanation have different
  ///   counts, or a number does not fit the table.
  public mutating func append(_ scored: ScoredExample) throws {
    let encoding = scored.encoding
    let tokenCount = try scored.checkedTokenCount()
    for explanation in scored.explanations {
      let index = try explanation.targetIndex.map { try scored.narrow($0, "target_index") }
      for token in 0..<tokenCount {
        row.append(scored.example.row)
        exampleID.append(scored.example.id)
        method.append(explanation.method)
        target.append(explanation.target)
        targetIndex.append(index)
        targetPosition.append(nil)
        position.append(Int32(clamping: token))
        self.token.append(encoding.tokens[token])
        tokenID.append(encoding.ids[token])
        special.append(encoding.special[token])
        segment.append(Int8(clamping: encoding.segment(of: token)))
        word.append(encoding.words[token])
        start.append(try encoding.offsets[token].map { try scored.narrow($0.lowerBound, "start") })
        end.append(try encoding.offsets[token].map { try scored.narrow($0.upperBound, "end") })
        attribution.append(explanation.attributions[token])
        normalized.append(explanation.normalized[token])
      }
    }
  }

  public var columnData: [ColumnData] {
    [
      .int64(row), .string(exampleID), .string(method), .string(target), .optionalInt32(targetIndex),
      .optionalInt32(targetPosition), .int32(position), .string(token), .int32(tokenID), .bool(special),
      .int8(segment), .optionalInt32(word), .optionalInt32(start), .optionalInt32(end), .float(attribution),
      .float(normalized),
    ]
  }
}
