import SalienceAttribution
import SalienceTokenizers

/// An explanation for a terminal: a header line, then the words coloured by their scores.
///
/// Pieces of a word are joined and their normalized scores summed; green backgrounds are positive, red negative,
/// scaled by the example's largest magnitude and clipped to ±1. Words are shown as the text writes them, with
/// control characters replaced so that a text cannot steer the terminal.
public struct ColoredTokens: Sendable {
  /// What the terminal can show.
  public enum Style: Sendable, Equatable {
    /// Scores in brackets: `fine(+0.71)`.
    case plain
    /// The 256-colour palette.
    case palette
    /// 24-bit colour.
    case trueColor
  }

  public let style: Style
  /// Whether special tokens are shown.
  public let showSpecial: Bool

  public init(style: Style, showSpecial: Bool = false) {
    self.style = style
    self.showSpecial = showSpecial
  }

  /// The richest style for standard output: plain where it is no terminal, NO_COLOR is not empty or TERM is `dumb`.
  public static func style(environment: [String: String], isTerminal: Bool) -> Style {
    let noColor = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    guard isTerminal, !noColor, environment["TERM"] != "dumb" else { return .plain }
    let depth = environment["COLORTERM"] ?? ""
    return depth == "truecolor" || depth == "24bit" ? .trueColor : .palette
  }

  /// Every explanation of an example, each a header line and a line of words.
  ///
  /// - Throws: `ReportError.invalidExample` where arrays differ in count.
  public func render(_ scored: ScoredExample) throws -> String {
    _ = try scored.checkedTokenCount()
    if scored.explanations.isEmpty { return prediction(scored) + "  nothing to explain\n" }
    return scored.explanations.map { header($0, scored) + "\n" + words($0, scored) + "\n" }.joined()
  }

  private func prediction(_ scored: ScoredExample) -> String {
    let prediction = scored.prediction
    let cut = scored.encoding.truncated ? "  cut to \(scored.encoding.count) tokens" : ""
    return "predicted \(TerminalText.visible(prediction.label))"
      + " (\(TerminalText.fixed(Double(prediction.probability), 3)))\(cut)"
  }

  private func header(_ explanation: Explanation, _ scored: ScoredExample) -> String {
    var parts = [
      prediction(scored),
      "target \(TerminalText.visible(explanation.target))\(place(explanation.targetPosition, scored))",
      "method \(TerminalText.visible(explanation.method))",
    ]
    if let delta = explanation.convergenceDelta { parts.append("delta \(Self.delta(delta))") }
    if explanation.converged == false { parts.append("tolerance not kept in \(explanation.steps) steps") }
    return parts.joined(separator: "  ")
  }

  /// Where an output is read, with the word there unless the target is that word: one that was generated.
  private func place(_ position: Int?, _ scored: ScoredExample) -> String {
    guard let position else { return "" }
    let encoding = scored.encoding
    guard encoding.ids.indices.contains(position), !encoding.special[position], !encoding.isGenerated(position),
      let word = WordPieces.ranges(encoding).first(where: { $0.contains(position) })
    else { return " at \(position)" }
    let pieces = PieceText(encoding.tokens, special: encoding.special)
    return " at \(position) '\(text(word, encoding, pieces, texts(of: scored)))'"
  }

  private func texts(of scored: ScoredExample) -> [[Unicode.Scalar]] {
    [Array(scored.example.text.unicodeScalars), Array((scored.example.textPair ?? "").unicodeScalars)]
  }

  // Deltas span many magnitudes: four places where they show something, else the exponent.
  private static func delta(_ value: Double) -> String {
    value == 0 || value.magnitude >= 0.001 || !value.isFinite
      ? TerminalText.signed(value, 4) : TerminalText.scientific(value)
  }

  private func words(_ explanation: Explanation, _ scored: ScoredExample) -> String {
    let encoding = scored.encoding
    let segments = encoding.ids.indices.map { Int8(clamping: encoding.segment(of: $0)) }
    let pieces = PieceText(encoding.tokens, special: encoding.special)
    let ranges = WordPieces.ranges(encoding).map { $0.clamped(to: explanation.attributions.indices) }
      .filter { !$0.isEmpty && (showSpecial || !encoding.special[$0.lowerBound]) }
    let scores = ranges.map { range in range.reduce(0.0) { $0 + Double(explanation.normalized[$1]) } }
    let largest = scores.map(\.magnitude).max() ?? 0
    let texts = texts(of: scored)
    var line = ""
    for (index, range) in ranges.enumerated() {
      if index > 0, !touches(ranges[index - 1], range, encoding, pieces) { line += " " }
      if index > 0, segments[range.lowerBound] != segments[ranges[index - 1].lowerBound] { line += "| " }
      line += paint(text(range, encoding, pieces, texts), scores[index], largest)
    }
    return line
  }

  private func touches(_ left: Range<Int>, _ right: Range<Int>, _ encoding: Encoding, _ pieces: PieceText) -> Bool {
    let first = right.lowerBound
    if encoding.isGenerated(first) { return !pieces.beginsWord(encoding.tokens[first], isGenerated: true) }
    guard let end = encoding.offsets[left.upperBound - 1]?.upperBound,
      let start = encoding.offsets[first]?.lowerBound
    else { return false }
    return end == start && encoding.sequences[left.lowerBound] == encoding.sequences[first]
  }

  private func text(
    _ range: Range<Int>, _ encoding: Encoding, _ pieces: PieceText, _ texts: [[Unicode.Scalar]]
  ) -> String {
    let source = texts[encoding.sequences[range.lowerBound] == 1 ? 1 : 0]
    if let start = encoding.offsets[range.lowerBound]?.lowerBound,
      let end = encoding.offsets[range.upperBound - 1]?.upperBound, 0 <= start, start < end, end <= source.count
    {
      return TerminalText.visible(String(String.UnicodeScalarView(source[start..<end])))
    }
    return TerminalText.visible(WordPieces.text(of: encoding.tokens[range], pieces))
  }

  private func paint(_ text: String, _ score: Double, _ largest: Double) -> String {
    let strength = largest > 0 ? min(1, max(-1, score / largest)) : 0
    switch style {
    case .plain:
      return "\(text)(\(TerminalText.signed(score, 2)))"
    case .palette:
      // Five steps of green and of red in the colour cube; the terminal's own background below a tenth.
      guard strength.magnitude >= 0.1 else { return text }
      let step = min(4, Int(strength.magnitude * 5))
      let color = (strength > 0 ? [194, 157, 120, 83, 46] : [224, 217, 210, 203, 196])[step]
      return "\u{1B}[38;5;16;48;5;\(color)m\(text)\u{1B}[0m"
    case .trueColor:
      guard strength.magnitude >= 0.05 else { return text }
      let faded = Int((255 - 190 * strength.magnitude).rounded())
      let background = strength > 0 ? "\(faded);235;\(faded)" : "255;\(faded);\(faded)"
      return "\u{1B}[38;2;0;0;0;48;2;\(background)m\(text)\u{1B}[0m"
    }
  }
}
