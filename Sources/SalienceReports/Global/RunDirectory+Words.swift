import SalienceTokenizers

extension RunDirectory {
  /// Every scored word or token of a run, model by model in row order; special tokens are left out.
  ///
  /// - Throws: `ReportError.malformedTable` where the run holds no texts, by which words are found, or has no column of
  ///   the slice's name; `ParquetError` where a part cannot be read.
  func forEachWord(_ request: GlobalImportance.Request, _ body: (ScoredWord) -> Void) throws {
    for model in try checkedModels(nil) {
      var slices = try request.slice.map { try SliceCursor(self, model: model, column: $0) }
      var predictions = PredictionCursor(self, model: model)
      var explanations = ExplanationCursor(self, model: model)
      while let prediction = try predictions.next() {
        let slice = try slices?.next()
        for explanation in try explanations.explanations(of: prediction.row) {
          let group = GlobalCounts.Group(
            model: model, method: explanation.method, target: explanation.target, slice: slice ?? nil)
          guard explanation.hasTokens else {
            throw ReportError(
              .malformedTable, "holds no tokens (output.text: false), of which words are made", at: path)
          }
          for (text, score) in explanation.scored(byToken: request.tokens) {
            body(ScoredWord(group: group, row: prediction.row, text: text, score: score))
          }
        }
      }
    }
  }
}

extension StoredExplanation {
  /// Words in lower case, or tokens, with their scores, in order.
  fileprivate func scored(byToken: Bool) -> [(text: String, score: Double)] {
    let pieces = self.pieces
    let ranges = byToken ? tokens.indices.map { $0..<$0 + 1 } : wordRanges
    return ranges.filter { !special[$0.lowerBound] }.map { range in
      let text = byToken ? tokens[range.lowerBound] : WordPieces.text(of: tokens[range], pieces).lowercased()
      return (text, attribution[range].reduce(0.0) { $0 + Double($1) })
    }
  }
}
