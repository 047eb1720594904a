/// The words of a run as CSV: as `TokenCSV`, but one line per word, method and target.
///
/// A run without texts has no words. Cells are written as `CSVEncoder` says.
public struct WordCSV: Sendable {
  public static let header = PredictedLines<WordRow>.header

  /// What an export wrote.
  public struct Exported: Sendable, Equatable {
    /// In the order of the file.
    public let models: [String]
    /// Rows of the dataset, over all models.
    public internal(set) var rows: Int64 = 0
    /// Lines after the header: one per word, method and target.
    public internal(set) var words: Int64 = 0
  }

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
    var lines = PredictedLines<WordRow>(raw: raw)
    var exported = Exported(models: chosen)
    lines.appendHeader()
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
            lines.append(WordRow(explanation, word, merge, pieces, texts), of: prediction, model: model)
            exported.words += 1
          }
          if lines.isFull { try lines.flush(to: output) }
        }
      }
    }
    try lines.flush(to: output)
    return exported
  }
}
