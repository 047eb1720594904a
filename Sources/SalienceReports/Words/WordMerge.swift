/// How the scores of a word's tokens become the score of the word.
public enum WordMerge: String, Sendable, CaseIterable {
  /// Sum of the tokens' scores: what the word adds to the output, and completeness is kept.
  case sum
  /// Mean of the tokens' scores: words of many pieces count no more than others.
  case mean
  /// The score with the largest magnitude, with its sign; of equal magnitudes the first.
  case maximum

  /// The score of one word.
  ///
  /// Sums are made in double precision, in the order of the tokens. A score that is not a number makes the word's none.
  /// - Parameter scores: of the word's tokens, one or more; 0 where there is none.
  public func merge(_ scores: some Collection<Float>) -> Float {
    switch self {
    case .sum: Float(scores.reduce(0.0) { $0 + Double($1) })
    case .mean: scores.isEmpty ? 0 : Float(scores.reduce(0.0) { $0 + Double($1) } / Double(scores.count))
    case .maximum:
      scores.first { $0.isNaN } ?? scores.reduce(Float(0)) { $1.magnitude > $0.magnitude ? $1 : $0 }
    }
  }

  /// The score of its word for each token.
  ///
  /// - Parameter words: the tokens of each word, in order and without gaps; those behind the last score do not count.
  func spread(_ scores: [Float], over words: [Range<Int>]) -> [Float?] {
    words.flatMap { word in
      let word = word.clamped(to: scores.indices)
      return [Float?](repeating: merge(scores[word]), count: word.count)
    }
  }
}
