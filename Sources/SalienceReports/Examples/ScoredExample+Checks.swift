import SalienceAttribution
import SalienceTokenizers

extension ScoredExample {
  /// T, once every array that should have one entry per token has T of them.
  ///
  /// An explanation may cover the first tokens alone: a causal language model reads those before the one it gives.
  ///
  /// - Throws: `ReportError.invalidExample` naming the row and the array.
  func checkedTokenCount() throws -> Int {
    let count = encoding.count
    let arrays = [
      ("tokens", encoding.tokens.count), ("token types", encoding.typeIDs.count),
      ("special flags", encoding.special.count), ("offsets", encoding.offsets.count),
      ("words", encoding.words.count), ("sequences", encoding.sequences.count),
    ]
    for (name, length) in arrays where length != count { throw mismatch(name, length, count) }
    for explanation in explanations {
      let name = "method \(explanation.method)"
      let covered = explanation.attributions.count
      guard covered <= count else { throw mismatch(name, covered, count) }
      guard explanation.normalized.count == covered else {
        throw mismatch("\(name), normalized", explanation.normalized.count, covered)
      }
    }
    return count
  }

  private func mismatch(_ name: String, _ length: Int, _ count: Int) -> ReportError {
    ReportError(.invalidExample, "\(name): \(length) entries for \(count) tokens", at: "row \(example.row)")
  }
}
