/// Joins the pieces of a word: WordPiece's `##ing`, and the space marks of byte-level BPE and SentencePiece.
enum WordPieces {
  /// The piece without the mark of its tokenizer.
  static func text(of token: String) -> String {
    if token.utf8.count > 2, token.utf8.starts(with: "##".utf8) { return String(token.dropFirst(2)) }
    let scalars = token.unicodeScalars
    let marked = scalars.first == "\u{0120}" || scalars.first == "\u{2581}"
    return marked && scalars.count > 1 ? String(scalars.dropFirst()) : token
  }

  /// Ranges of neighbouring tokens that share a word; a special token, or one without a word, stands alone.
  static func ranges(words: [Int32?], segments: [Int8], special: [Bool]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    while start < words.count {
      var end = start + 1
      if let word = words[start], !special[start] {
        while end < words.count, words[end] == word, segments[end] == segments[start], !special[end] { end += 1 }
      }
      ranges.append(start..<end)
      start = end
    }
    return ranges
  }
}

/// A text equal to another only byte by byte, as tables and other tools compare; `String` merges equivalent forms.
struct ExactText: Hashable, Sendable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (left: ExactText, right: ExactText) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
