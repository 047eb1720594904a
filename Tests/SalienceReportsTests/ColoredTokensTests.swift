import SalienceAttribution
import SalienceDatasets
import SalienceJSON
import SalienceReports
import SalienceTokenizers
import Testing

@Suite struct ColoredTokensTests {
  private var scored: ScoredExample { scored(delta: -0.0025) }

  private func scored(delta: Double) -> ScoredExample {
    ScoredExample(
      example: Example(row: 3, id: "x", text: "Unbelievable! \u{1B}[31m"),
      encoding: Encoding(
        ids: [101, 4, 5, 6, 7, 102], tokens: ["[CLS]", "un", "##believable", "!", "\u{1B}[31m", "[SEP]"],
        typeIDs: [0, 0, 0, 0, 0, 0], special: [true, false, false, false, false, true],
        offsets: [nil, 0..<2, 2..<12, 12..<13, 14..<19, nil], words: [nil, 0, 0, 1, 2, nil],
        sequences: [nil, 0, 0, 0, 0, nil]),
      prediction: Prediction(label: "positive", index: 1, probability: 0.9375, logits: [-1, 2]),
      explanations: [
        Explanation(
          method: "ig", target: "positive", targetIndex: 1, output: 2, baselineOutput: 0.5, convergenceDelta: delta,
          steps: 50, attributions: [0, 1, 0.5, -0.75, .nan, 0], normalized: [0, 0.5, 0.25, -0.75, 0, 0],
          attributionSum: 0.75, attributionNorm: 1.5)
      ], status: .ok)
  }

  @Test func plainFormMergesPieces() throws {
    #expect(
      try ColoredTokens(style: .plain).render(scored)
        == "predicted positive (0.938)  target positive  method ig  delta -0.0025\n"
        + "Unbelievable(+0.75)!(-0.75) \u{FFFD}[31m(+0.00)\n")
  }

  @Test(arguments: [
    (0, "+0.0000"), (0.25, "+0.2500"), (-0.001, "-0.0010"), (0.000_999_96, "+1.00e-3"), (-3.157_818_3e-5, "-3.16e-5"),
    (7.4e-9, "+7.40e-9"), (-9.994e-12, "-9.99e-12"), (1e-320, "+1.00e-320"),
  ])
  func smallDeltasHaveThreeDigits(_ delta: Double, _ shown: String) throws {
    let text = try ColoredTokens(style: .plain).render(scored(delta: delta))
    let header = try #require(text.split(separator: "\n").first)
    #expect(header.hasSuffix("  delta \(shown)"), "\(header)")
  }

  /// What would else be taken for the whole text's explanation, or for a converged one.
  @Test func whatIsNotTheWholeStoryIsSaid() throws {
    var encoding = scored.encoding
    encoding.truncated = true
    let explanation = scored.explanations[0]
    let unsettled = Explanation(
      method: "ig", target: "positive", targetIndex: 1, output: 2, baselineOutput: 0.5, convergenceDelta: 0.25,
      steps: 257, attributions: explanation.attributions, normalized: explanation.normalized, attributionSum: 0.75,
      attributionNorm: 1.5, converged: false)
    func header(_ explanations: [Explanation]) throws -> String {
      let example = ScoredExample(
        example: scored.example, encoding: encoding, prediction: scored.prediction, explanations: explanations,
        status: .ok)
      return try #require(ColoredTokens(style: .plain).render(example).split(separator: "\n").first.map(String.init))
    }
    #expect(
      try header([unsettled])
        == "predicted positive (0.938)  cut to 6 tokens  target positive  method ig  delta +0.2500"
        + "  tolerance not kept in 257 steps")
    #expect(try header([]) == "predicted positive (0.938)  cut to 6 tokens  nothing to explain")
  }

  @Test(arguments: [(0, "at 0  "), (1, "at 1 'Unbelievable'  "), (3, "at 3 '!'  "), (4, "at 4 '\u{FFFD}[31m'  ")])
  func placesAreShownWithTheirWords(_ position: Int, _ shown: String) throws {
    let explanation = Explanation(
      method: "ig", target: "positive", targetIndex: 1, targetPosition: position, output: 2, baselineOutput: nil,
      convergenceDelta: nil, steps: 1, attributions: [0, 1, 0, 0, 0, 0], normalized: [0, 1, 0, 0, 0, 0],
      attributionSum: 1, attributionNorm: 1)
    let example = ScoredExample(
      example: scored.example, encoding: scored.encoding, prediction: scored.prediction, explanations: [explanation],
      status: .ok)
    #expect(try ColoredTokens(style: .plain).render(example).contains("target positive \(shown)method ig"))
  }

  @Test func specialTokensAreShownOnRequest() throws {
    #expect(try ColoredTokens(style: .plain, showSpecial: true).render(scored).contains("[CLS](+0.00) Unbelievable"))
  }

  @Test func colorsFollowTheSign() throws {
    let line = try ColoredTokens(style: .trueColor).render(scored)
    #expect(line.contains("\u{1B}[38;2;0;0;0;48;2;65;235;65mUnbelievable\u{1B}[0m"))
    #expect(line.contains("\u{1B}[38;2;0;0;0;48;2;255;65;65m!\u{1B}[0m \u{FFFD}[31m\n"))
    let palette = try ColoredTokens(style: .palette).render(scored)
    #expect(palette.contains("48;5;46mUnbelievable") && palette.contains("48;5;196m!"))
  }

  @Test func styleFollowsTheTerminal() {
    #expect(ColoredTokens.style(environment: ["COLORTERM": "truecolor"], isTerminal: true) == .trueColor)
    #expect(ColoredTokens.style(environment: ["TERM": "xterm"], isTerminal: true) == .palette)
    #expect(ColoredTokens.style(environment: ["COLORTERM": "truecolor"], isTerminal: false) == .plain)
    #expect(ColoredTokens.style(environment: ["NO_COLOR": "1"], isTerminal: true) == .plain)
    #expect(ColoredTokens.style(environment: ["NO_COLOR": ""], isTerminal: true) == .palette)
    #expect(ColoredTokens.style(environment: ["TERM": "dumb"], isTerminal: true) == .plain)
  }

  @Test func jsonHasFixedMembers() throws {
    let text = try scored.json(includeText: false).text()
    let expected = [
      #"{"row":3,"example_id":"x","label":null,"predicted":"positive","predicted_index":1,"probability":0.9375"#,
      #""logits":[-1.0,2.0],"token_count":6,"truncated":false,"status":"ok","answer":null,"answer_start":null,"answer_end":null,"generated":null,"explanations":[{"method":"ig""#,
      #""target":"positive","target_index":1,"target_position":null,"output":2.0,"baseline_output":0.5"#,
      #""convergence_delta":-0.0025,"relative_delta":0.003322259136212625,"steps":50,"converged":null,"attribution_sum":0.75,"attribution_norm":1.5,"tokens":[{"position":0"#,
      #""token":"[CLS]","token_id":101,"special":true,"segment":0,"word":null,"start":null"#,
      #""end":null,"attribution":0.0,"normalized":0.0}"#,
    ].joined(separator: ",")
    #expect(text.hasPrefix(expected))
    #expect(text.contains(#""start":14,"end":19,"attribution":null,"normalized":0.0}"#))
    #expect(try scored.json().text().contains(#""text":"Unbelievable! \u001b[31m","text_pair":null"#))
  }
}
