/// The words of a token sequence, whatever tokenizer made it.
///
/// Tokens of a text belong to the word that the pre-tokenizer gave them, so that punctuation is a word of its own
/// wherever the pre-tokenizer splits it off. Tokenizers without a pre-tokenizer (Llama 2, Gemma, Mistral) call a whole
/// text one word; there, as among generated tokens, a token that begins with white space begins a word.
package enum WordPieces {
  package static func ranges(_ encoding: Encoding) -> [Range<Int>] {
    ranges(
      tokens: encoding.tokens, words: encoding.words,
      segments: encoding.ids.indices.map { Int8(clamping: encoding.segment(of: $0)) }, special: encoding.special)
  }

  /// The tokens of each word, in order and without gaps; a special token stands alone.
  package static func ranges(tokens: [String], words: [Int32?], segments: [Int8], special: [Bool]) -> [Range<Int>] {
    let pieces = PieceText(tokens, special: special)
    var ranges: [Range<Int>] = []
    var start = 0
    while start < words.count {
      var end = start + 1
      var isBlank = pieces.isBlank(tokens[start])
      while end < words.count, !special[start], !special[end], words[end] == words[start],
        segments[end] == segments[start], isBlank || !pieces.beginsWord(tokens[end], isGenerated: words[end] == nil)
      {
        isBlank = isBlank && pieces.isBlank(tokens[end])
        end += 1
      }
      ranges.append(start..<end)
      start = end
    }
    return ranges
  }

  /// The text of one word's tokens, without the marks of their tokenizer and the white space around it.
  package static func text(of tokens: ArraySlice<String>, _ pieces: PieceText) -> String {
    let text = Array(pieces.text(of: tokens).unicodeScalars)
    return text.allSatisfy(\.properties.isWhitespace) ? tokens.joined() : trimmed(text[...])
  }

  /// A part of a text without the white space around it; white space alone stays.
  package static func trimmed(_ text: ArraySlice<Unicode.Scalar>) -> String {
    let first = text.firstIndex { !$0.properties.isWhitespace } ?? text.startIndex
    let last = text.lastIndex { !$0.properties.isWhitespace } ?? text.endIndex - 1
    return String(String.UnicodeScalarView(text[first..<last + 1]))
  }
}
