/// The words of a run as CSV: as `TokenCSV`, but one line a word, method and target.
///
/// `position` is that of the word's first token and `tokens` their number. `start` and `end` are the union of the tokens'
/// offsets, white space included where the tokenizer has it in the token; `word_text` is that part of the text without
/// white space around it, and for generated tokens what the tokens spell; a run without texts has no words. Special
/// tokens stand alone. Cells are written as `CSVEncoder` says.
public struct WordCSV: Sendable {
  public static let header = [
    "model", "row", "example_id", "method", "target", "target_index", "target_position", "position", "tokens",
    "word_text", "special", "segment", "word", "start", "end", "attribution", "normalized", "predicted", "probability",
    "label",
  ]

  /// What an export wrote.
  public struct Exported: Sendable, Equatable {
    /// In the order of the file.
    public let models: [String]
    /// Rows of the dataset, over all models.
    public internal(set) var rows: Int64 = 0
    /// Lines after the header: one a word, method and target.
    public internal(set) var words: Int64 = 0
  }

  private let merge: WordMerge
  private var encoder: CSVEncoder

  /// Writes header and words of a run, model by model, with one row group of each table in memory.
  ///
  /// - Parameters:
  ///   - merge: how scores of tokens become the score of their word, raw and normalized ones alike.
  ///   - models: in the order wanted; all of the run's in byte order of their names by default.
  /// - Throws: `ReportError`, and `ParquetError` where a part cannot be read.
  @discardableResult
  public static func export(
    _ run: RunDirectory, merge: WordMerge, models: [String]? = nil, raw: Bool = false, to output: FileOutput
  ) throws -> Exported {
    let chosen = try run.checkedModels(models)
    var csv = WordCSV(merge: merge, encoder: CSVEncoder(raw: raw))
    var exported = Exported(models: chosen)
    csv.encoder.appendHeader(header)
    for model in chosen {
      var predictions = PredictionCursor(run, model: model, includingTexts: true)
      var explanations = ExplanationCursor(run, model: model)
      while let prediction = try predictions.next() {
        let own = try explanations.explanations(of: prediction.row)
        if !own.isEmpty { exported.rows += 1 }
        let texts = [prediction.text, prediction.textPair].map { $0.map { Array($0.unicodeScalars) } }
        for explanation in own {
          guard explanation.hasTokens else {
            throw ReportError(
              .malformedTable,
              "holds no tokens (output.text: false), by which words are found; 'output.words' merges"
                + " their scores while a run goes on", at: run.path)
          }
          let pieces = explanation.pieces
          for word in explanation.wordRanges {
            csv.append(explanation, word, pieces, texts, model, prediction)
            exported.words += 1
          }
          if csv.encoder.byteCount >= 1 << 16 { try csv.flush(to: output) }
        }
      }
    }
    try csv.flush(to: output)
    return exported
  }

  private mutating func flush(to output: FileOutput) throws {
    try output.write(encoder.encoded)
    encoder.removeAll()
  }

  private mutating func append(
    _ explanation: StoredExplanation, _ word: Range<Int>, _ pieces: PieceText, _ texts: [[Unicode.Scalar]?],
    _ model: String, _ prediction: PredictionCursor.Row
  ) {
    let first = word.lowerBound
    let offsets = explanation.offsets[word].compactMap { $0 }
    let start = offsets.map(\.lowerBound).min()
    let end = offsets.map(\.upperBound).max()
    encoder.append(model)
    encoder.append(prediction.row)
    encoder.append(prediction.exampleID)
    encoder.append(explanation.method)
    encoder.append(explanation.target)
    encoder.append(explanation.targetIndex)
    encoder.append(explanation.targetPosition)
    encoder.append(first)
    encoder.append(word.count)
    encoder.append(Self.text(explanation, word, pieces, start, end, texts))
    encoder.append(explanation.special[first])
    encoder.append(explanation.segments[first])
    encoder.append(explanation.words[first])
    encoder.append(start)
    encoder.append(end)
    encoder.append(merge.merge(explanation.attribution[word]))
    encoder.append(merge.merge(explanation.normalized[word]))
    encoder.append(prediction.predicted)
    encoder.append(prediction.probability)
    encoder.append(prediction.label)
    encoder.endLine()
  }

  private static func text(
    _ explanation: StoredExplanation, _ word: Range<Int>, _ pieces: PieceText, _ start: Int?, _ end: Int?,
    _ texts: [[Unicode.Scalar]?]
  ) -> String {
    if let start, let end, let text = texts[explanation.segments[word.lowerBound] == 1 ? 1 : 0], 0 <= start,
      start < end, end <= text.count
    {
      return WordPieces.trimmed(text[start..<end])
    }
    return WordPieces.text(of: explanation.tokens[word], pieces)
  }
}
