import Foundation
import SalienceAttribution
import SalienceTokenizers

/// The words of an example with their scores, once for each explanation.
struct ExplainedWords {
  /// A word as the text writes it, or a token that no text has.
  struct Word {
    let text: String
    /// The sum of its tokens' normalized scores.
    let score: Double
    /// What stands between it and the word before.
    let gap: String
  }

  /// An explanation's words, and what they explain.
  struct Line {
    let words: [Word]
    let target: String
    /// Where the output is read, with the word there unless the target is that word: one that was generated.
    let place: String
  }

  private(set) var lines: [Line] = []
  private let encoding: Encoding
  private let pieces: PieceText
  private let ranges: [Range<Int>]
  private let texts: [[Unicode.Scalar]]

  init(_ scored: ScoredExample, showSpecial: Bool) {
    encoding = scored.encoding
    pieces = PieceText(encoding.tokens, special: encoding.special)
    ranges = WordPieces.ranges(encoding)
    texts = [Array(scored.example.text.unicodeScalars), Array((scored.example.textPair ?? "").unicodeScalars)]
    lines = scored.explanations.map { explanation in
      Line(
        words: words(explanation, showSpecial: showSpecial), target: target(explanation),
        place: place(explanation.targetPosition))
    }
  }

  private func words(_ explanation: Explanation, showSpecial: Bool) -> [Word] {
    let shown = ranges.map { $0.clamped(to: explanation.attributions.indices) }
      .filter { !$0.isEmpty && (showSpecial || !encoding.special[$0.lowerBound]) }
    return shown.enumerated().map { index, range in
      var gap = ""
      if index > 0 {
        let before = shown[index - 1]
        if !touches(before, range) { gap = " " }
        if encoding.segment(of: range.lowerBound) != encoding.segment(of: before.lowerBound) { gap += "| " }
      }
      return Word(
        text: text(range), score: range.reduce(0) { $0 + Double(explanation.normalized[$1]) }, gap: gap)
    }
  }

  private func touches(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
    let first = right.lowerBound
    if encoding.isGenerated(first) { return !pieces.beginsWord(encoding.tokens[first], isGenerated: true) }
    guard let end = encoding.offsets[left.upperBound - 1]?.upperBound,
      let start = encoding.offsets[first]?.lowerBound
    else { return false }
    return end == start && encoding.sequences[left.lowerBound] == encoding.sequences[first]
  }

  private func text(_ range: Range<Int>) -> String {
    let source = texts[encoding.sequences[range.lowerBound] == 1 ? 1 : 0]
    if let start = encoding.offsets[range.lowerBound]?.lowerBound,
      let end = encoding.offsets[range.upperBound - 1]?.upperBound, 0 <= start, start < end, end <= source.count
    {
      return TerminalText.visible(String(String.UnicodeScalarView(source[start..<end])))
    }
    return TerminalText.visible(WordPieces.text(of: encoding.tokens[range], pieces))
  }

  private func place(_ position: Int?) -> String {
    guard let position else { return "" }
    guard encoding.ids.indices.contains(position), !encoding.special[position], !encoding.isGenerated(position),
      let word = ranges.first(where: { $0.contains(position) })
    else { return " at \(position)" }
    return " at \(position) '\(text(word))'"
  }

  /// A class as the model names it, a token as the text that it stands for.
  private func target(_ explanation: Explanation) -> String {
    guard let position = explanation.targetPosition, encoding.ids.indices.contains(position),
      encoding.isGenerated(position) || Self.masks.contains(encoding.tokens[position])
    else { return TerminalText.visible(explanation.target) }
    // A contrast names two tokens, neither of which can have a space in it.
    let tokens = explanation.target.components(separatedBy: " - ")
    guard explanation.targetIndex == nil else { return quoted(explanation.target) }
    // A whole continuation is no token.
    guard tokens.count == 2 else { return TerminalText.visible(explanation.target) }
    return tokens.map(quoted).joined(separator: " - ")
  }

  private func quoted(_ token: String) -> String {
    let bytes = pieces.bytes(of: [token])
    if let text = String(validating: bytes, as: UTF8.self) { return "'\(TerminalText.visible(text))'" }
    // A part of a character is no text.
    let digits = bytes.map { ($0 < 0x10 ? "0" : "") + String($0, radix: 16, uppercase: true) }
    return "\(bytes.count == 1 ? "byte" : "bytes") \(digits.joined(separator: " "))"
  }

  /// How vocabularies write the token that is to be filled.
  private static let masks: Set<String> = ["[MASK]", "<mask>", "[mask]", "<MASK>"]
}
