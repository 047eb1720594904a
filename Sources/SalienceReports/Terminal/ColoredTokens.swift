import SalienceAttribution
import SalienceTokenizers

/// Explanations for a terminal: what a model predicts, then for each target a line of words coloured by their scores.
///
/// Pieces of a word are joined and their normalized scores summed; the colours are scaled by the largest magnitude
/// shown, so that models and targets can be compared, and a legend tells which score has which. Words are shown as the
/// text writes them, with control characters written out so that a text cannot steer the terminal.
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
  public let background: ScoreColor.Background
  /// Whether special tokens are shown.
  public let showSpecial: Bool

  public init(style: Style, background: ScoreColor.Background = .dark, showSpecial: Bool = false) {
    self.style = style
    self.background = background
    self.showSpecial = showSpecial
  }

  /// The richest style for standard output: plain where it is not a terminal, NO_COLOR is not empty or TERM is `dumb`.
  public static func style(environment: [String: String], isTerminal: Bool) -> Style {
    let noColor = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    guard isTerminal, !noColor, environment["TERM"] != "dumb" else { return .plain }
    let depth = environment["COLORTERM"] ?? ""
    return depth == "truecolor" || depth == "24bit" ? .trueColor : .palette
  }

  /// Every explanation of an example.
  ///
  /// - Throws: `ReportError.invalidExample` where arrays differ in count.
  public func render(_ scored: ScoredExample) throws -> String { try render([("", scored)]) }

  /// What several models say of one example, one after the other, with the words and colours of one scale.
  ///
  /// - Parameter models: each with the name that it is shown under; none is shown for a single model.
  /// - Throws: `ReportError.invalidExample` where arrays differ in count.
  public func render(_ models: [(name: String, scored: ScoredExample)]) throws -> String {
    for (_, scored) in models { _ = try scored.checkedTokenCount() }
    let views = models.map { ExplainedWords($0.scored, showSpecial: showSpecial) }
    let largest = views.flatMap(\.lines).flatMap(\.words).map(\.score.magnitude).max() ?? 0
    var text = ""
    for ((name, scored), view) in zip(models, views) {
      let title = models.count > 1 ? TerminalText.visible(name) + "  " : ""
      text += title + block(scored, view, largest)
    }
    return text + legend(largest)
  }

  /// The prediction once, then the targets; on one line where there is one target.
  private func block(_ scored: ScoredExample, _ view: ExplainedWords, _ largest: Double) -> String {
    let head = prediction(scored)
    guard let first = scored.explanations.first else { return head + "  nothing to explain\n" }
    func words(_ line: ExplainedWords.Line) -> String {
      line.words.map { $0.gap + paint($0.text, $0.score, largest) }.joined()
    }
    func method(_ explanation: Explanation) -> String { "  method \(TerminalText.visible(explanation.method))" }
    if scored.explanations.count == 1, let line = view.lines.first {
      return head + "  " + target(first, line) + method(first) + quality(first) + "\n" + words(line) + "\n"
    }
    let isOneMethod = scored.explanations.allSatisfy { $0.method == first.method }
    var text = head + (isOneMethod ? method(first) : "") + "\n"
    for (explanation, line) in zip(scored.explanations, view.lines) {
      text += "  " + target(explanation, line) + (isOneMethod ? "" : method(explanation)) + quality(explanation) + "\n"
      text += "  " + words(line) + "\n"
    }
    return text
  }

  private func prediction(_ scored: ScoredExample) -> String {
    let prediction = scored.prediction
    let cut = scored.encoding.truncated ? "  cut to \(scored.encoding.count) tokens" : ""
    // An answer or a continuation is text, which may begin with a space or be empty.
    let isText = prediction.answer != nil || scored.generated != nil
    let label = TerminalText.visible(prediction.label)
    return "predicted \(isText ? "'\(label)'" : label)"
      + " (\(TerminalText.fixed(Double(prediction.probability), 3)))\(cut)"
  }

  private func target(_ explanation: Explanation, _ line: ExplainedWords.Line) -> String {
    "target \(line.target)\(line.place)"
  }

  private func quality(_ explanation: Explanation) -> String {
    var text = ""
    if let delta = explanation.convergenceDelta {
      text = explanation.deltaIsBiases ? "  not attributed \(Self.delta(-delta))" : "  delta \(Self.delta(delta))"
    }
    if explanation.converged == false { text += "  tolerance not kept in \(explanation.steps) steps" }
    return text
  }

  // Deltas span many magnitudes: four places where they show something, else the exponent.
  private static func delta(_ value: Double) -> String {
    value == 0 || value.magnitude >= 0.001 || !value.isFinite
      ? TerminalText.signed(value, 4) : TerminalText.scientific(value)
  }

  private func paint(_ text: String, _ score: Double, _ largest: Double) -> String {
    guard style != .plain else { return "\(text)(\(TerminalText.signed(score, 2)))" }
    let strength = largest > 0 ? min(1, max(-1, score / largest)) : 0
    return ScoreColor(background: background, isTrueColor: style == .trueColor).paint(text, strength: strength)
  }

  /// The scores that colours stand for; nothing where the scores themselves are written.
  private func legend(_ largest: Double) -> String {
    guard style != .plain, largest > 0 else { return "" }
    let steps = [-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1].map { share in
      paint(" \(share == 0 ? "0" : TerminalText.signed(share * largest, 2)) ", share * largest, largest)
    }
    return "score" + steps.map { " " + $0 }.joined() + "\n"
  }
}
