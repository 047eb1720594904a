import Foundation
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
        + "Unbelievable(+0.75)!(-0.75) \\u{1B}[31m(+0.00)\n")
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

  @Test(arguments: [(0, "at 0  "), (1, "at 1 'Unbelievable'  "), (3, "at 3 '!'  "), (4, "at 4 '\\u{1B}[31m'  ")])
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
    #expect(line.contains("\u{1B}[38;2;0;0;0;48;2;40;235;90mUnbelievable\u{1B}[0m"))
    #expect(line.contains("\u{1B}[38;2;0;0;0;48;2;255;85;75m!\u{1B}[0m \\u{1B}[31m\n"))
    let palette = try ColoredTokens(style: .palette).render(scored)
    #expect(palette.contains("48;5;46mUnbelievable") && palette.contains("48;5;196m!"))
    let light = try ColoredTokens(style: .palette, background: .light).render(scored)
    #expect(light.contains("48;5;28mUnbelievable") && light.contains("48;5;160m!"))
  }

  /// The larger the score the more a word stands out, whatever the background, and it can be read: WCAG 2's contrast.
  @Test(arguments: [ColoredTokens.Style.palette, .trueColor], ScoreColor.Background.allCases)
  func coloursRiseWithTheScore(_ style: ColoredTokens.Style, _ background: ScoreColor.Background) throws {
    for sign in [1.0, -1.0] {
      let scores = (0...10).map { Float(sign * Double($0) / 10) }
      let words = scores.indices.map { "w\($0)" }
      let explanation = Explanation(
        method: "ig", target: "positive", targetIndex: 1, output: 2, baselineOutput: nil, convergenceDelta: nil,
        steps: 1, attributions: scores, normalized: scores, attributionSum: 1, attributionNorm: 1)
      let example = ScoredExample(
        example: Example(row: 0, id: "0", text: words.joined(separator: " ")),
        encoding: Encoding(
          ids: words.map { _ in 1 }, tokens: words, typeIDs: words.map { _ in 0 }, special: words.map { _ in false },
          offsets: words.map { _ in nil }, words: words.indices.map { Int32($0) }, sequences: words.map { _ in 0 }),
        prediction: scored.prediction, explanations: [explanation], status: .ok)
      let text = try ColoredTokens(style: style, background: background).render(example)
      let behind = background == .dark ? 0.0 : 1.0
      var last = 1.0
      for word in words.dropFirst() {
        let found = try #require(text.firstMatch(of: try Regex("\u{1B}\\[38;([0-9;]+);48;([0-9;]+)m\(word)\u{1B}")))
        let ink = try luminance(#require(found[1].substring)), paper = try luminance(#require(found[2].substring))
        let standsOut = contrast(paper, behind)
        #expect(standsOut >= last, "\(word) of \(text)")
        #expect(contrast(ink, paper) >= 4.5, "\(word) of \(text)")
        last = standsOut
      }
      #expect(last > 3)
    }
  }

  private func contrast(_ first: Double, _ second: Double) -> Double {
    (max(first, second) + 0.05) / (min(first, second) + 0.05)
  }

  /// Of `2;R;G;B` or `5;N` with N in the cube of the palette.
  private func luminance(_ code: Substring) throws -> Double {
    let numbers = code.split(separator: ";").compactMap { Int($0) }
    var color = Array(numbers.dropFirst())
    if numbers.first == 5 {
      let cube = numbers[1] - 16
      color = [cube / 36, cube / 6 % 6, cube % 6].map { $0 == 0 ? 0 : 55 + 40 * $0 }
    }
    try #require(color.count == 3)
    let linear = color.map { value -> Double in
      let share = Double(value) / 255
      return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
  }

  @Test func aLegendTellsTheScoresOfColours() throws {
    let text = try ColoredTokens(style: .trueColor).render(scored)
    let legend = try #require(text.split(separator: "\n").last).replacing(/\u{1B}\[[0-9;]*m/, with: "")
    #expect(legend == "score  -0.75   -0.56   -0.38   -0.19   0   +0.19   +0.38   +0.56   +0.75 ")
    #expect(!(try ColoredTokens(style: .plain).render(scored).contains("score")))
  }

  @Test func severalModelsShareOneScale() throws {
    let text = try ColoredTokens(style: .palette).render([("a\u{1B}", scored), ("b", scored)])
    #expect(text.contains("a\\u{1B}  predicted positive (0.938)  target positive"))
    #expect(text.contains("\nb  predicted positive (0.938)  target positive"))
    #expect(text.split(separator: "\n").count == 5)
  }

  /// A continuation of two tokens, the second in two pieces of a character: the prediction stands once.
  @Test func generatedTokensAreShownAsText() throws {
    func explanation(_ target: String, at position: Int) -> Explanation {
      Explanation(
        method: "saliency", target: target, targetIndex: 1, targetPosition: position, output: 2, baselineOutput: nil,
        convergenceDelta: nil, steps: 1, attributions: Array(repeating: 0.5, count: position),
        normalized: Array(repeating: 0.5, count: position), attributionSum: 1, attributionNorm: 1)
    }
    let example = ScoredExample(
      example: Example(row: 0, id: "0", text: "It was"),
      encoding: Encoding(
        ids: [1, 2, 3, 4, 5], tokens: ["It", "Ġwas", "Ġvery", "Ã", "©"], typeIDs: [0, 0, 0, 0, 0],
        special: [false, false, false, false, false], offsets: [0..<2, 2..<6, nil, nil, nil],
        words: [0, 1, nil, nil, nil], sequences: [0, 0, nil, nil, nil]),
      prediction: Prediction(label: " very\u{E9}", index: 3, probability: 0.25, logits: [1, 2, 3]),
      explanations: [explanation("Ġvery", at: 2), explanation("Ã", at: 3), explanation("©", at: 4)], status: .ok)
    #expect(
      try ColoredTokens(style: .plain).render(example) == """
        predicted ' very\u{E9}' (0.250)  method saliency
          target ' very' at 2
          It(+0.50) was(+0.50)
          target byte C3 at 3
          It(+0.50) was(+0.50) very(+0.50)
          target byte A9 at 4
          It(+0.50) was(+0.50) very\u{FFFD}(+1.00)

        """)
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
