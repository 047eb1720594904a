/// The sentences of a token sequence, whatever tokenizer made it.
///
/// A sentence ends behind a word that ends in `.`, `!`, `?` or `…`, or their full-width forms, with any closing quotes and
/// brackets, where white space follows; where a text ends; and at a special token, which stands alone. Abbreviations
/// (`Mr. Smith`) end one too: no list of them is kept.
package enum SentencePieces {
  private static let ends: Set<Character> = [".", "!", "?", "…", "。", "！", "？"]
  private static let closing: Set<Character> = ["\"", "'", "”", "’", ")", "]", "}", "»", "」", "』"]

  /// The tokens of each sentence, in order and without gaps.
  package static func ranges(_ encoding: Encoding) -> [Range<Int>] {
    let pieces = PieceText(encoding.tokens, special: encoding.special)
    var ranges: [Range<Int>] = []
    var isOver = true
    for word in WordPieces.ranges(encoding) {
      let first = word.lowerBound
      let begins = isOver && hasSpace(before: first, encoding, pieces)
      if begins || isBoundary(before: first, encoding) {
        ranges.append(word)
        isOver = false
      } else {
        ranges[ranges.count - 1] = ranges[ranges.count - 1].lowerBound..<word.upperBound
      }
      let text = WordPieces.text(of: encoding.tokens[word], pieces)
      if let last = text.last(where: { !closing.contains($0) }) { isOver = ends.contains(last) }
    }
    return ranges
  }

  /// Whether a special token or another text begins at the token, or stands before it.
  private static func isBoundary(before token: Int, _ encoding: Encoding) -> Bool {
    guard token > 0 else { return true }
    return encoding.special[token] || encoding.special[token - 1]
      || encoding.segment(of: token) != encoding.segment(of: token - 1)
  }

  private static func hasSpace(before token: Int, _ encoding: Encoding, _ pieces: PieceText) -> Bool {
    if pieces.beginsWithSpace(encoding.tokens[token]) { return true }
    guard token > 0, let before = encoding.offsets[token - 1], let own = encoding.offsets[token] else { return false }
    return own.lowerBound > before.upperBound
  }
}
