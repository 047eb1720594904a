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
    ParquetColumn("token", .string, optional: true, dictionary: true),
    ParquetColumn("token_id", .int32, dictionary: true),
    ParquetColumn("special", .bool),
    ParquetColumn("segment", .int8, dictionary: true),
    ParquetColumn("word", .int32, optional: true, dictionary: true),
    ParquetColumn("start", .int32, optional: true, dictionary: true),
    ParquetColumn("end", .int32, optional: true, dictionary: true),
    ParquetColumn("attribution", .float),
    ParquetColumn("normalized", .float),
    ParquetColumn("word_attribution", .float, optional: true),
  ])

  public internal(set) var row: [Int64] = []
  public internal(set) var exampleID: [String] = []
  public internal(set) var method: [String] = []
  public internal(set) var target: [String] = []
  public internal(set) var targetIndex: [Int32?] = []
  /// The token that the output is about: generated, masked or labelled; null where it is about the whole text.
  public internal(set) var targetPosition: [Int32?] = []
  public internal(set) var position: [Int32] = []
  /// Null where the run holds no texts.
  public internal(set) var token: [String?] = []
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
  /// `attribution` of the token's whole word, the same on each of its tokens; null where words were not asked for.
  public internal(set) var wordAttribution: [Float?] = []

  public init() {}

  public var count: Int { row.count }

  /// Adds the rows of one example: the tokens that each explanation in turn covers.
  ///
  /// - Parameters:
  ///   - words: how scores of tokens become the score of their word; nil for none.
  ///   - includeText: whether tokens are stored as text, or as their ids and offsets alone.
  /// - Throws: `ReportError.invalidExample` where the arrays of the encoding or of an explanation have different
  ///   counts, or a number does not fit the table.
  public mutating func append(
    _ scored: ScoredExample, words: WordMerge? = nil, includeText: Bool = true
  ) throws {
    let encoding = scored.encoding
    _ = try scored.checkedTokenCount()
    let ranges = words == nil ? [] : WordPieces.ranges(encoding)
    for explanation in scored.explanations {
      let index = try explanation.targetIndex.map { try scored.narrow($0, "target_index") }
      let place = try explanation.targetPosition.map { try scored.narrow($0, "target_position") }
      let name = includeText ? explanation.target : scored.withoutText(explanation)
      for token in explanation.attributions.indices {
        row.append(scored.example.row)
        exampleID.append(scored.example.id)
        method.append(explanation.method)
        target.append(name)
        targetIndex.append(index)
        targetPosition.append(place)
        position.append(Int32(clamping: token))
        self.token.append(includeText ? encoding.tokens[token] : nil)
        tokenID.append(encoding.ids[token])
        special.append(encoding.special[token])
        segment.append(Int8(clamping: encoding.segment(of: token)))
        word.append(encoding.words[token])
        start.append(try encoding.offsets[token].map { try scored.narrow($0.lowerBound, "start") })
        end.append(try encoding.offsets[token].map { try scored.narrow($0.upperBound, "end") })
        attribution.append(explanation.attributions[token])
        normalized.append(explanation.normalized[token])
      }
      wordAttribution +=
        words?.spread(explanation.attributions, over: ranges)
        ?? [Float?](repeating: nil, count: explanation.attributions.count)
    }
  }

  public var columnData: [ColumnData] {
    [
      .int64(row), .string(exampleID), .string(method), .string(target), .optionalInt32(targetIndex),
      .optionalInt32(targetPosition), .int32(position), .optionalString(token), .int32(tokenID), .bool(special),
      .int8(segment), .optionalInt32(word), .optionalInt32(start), .optionalInt32(end), .float(attribution),
      .float(normalized), .optionalFloat(wordAttribution),
    ]
  }
}
