import SalienceAttribution
import SalienceDatasets
import SalienceReports
import SalienceTokenizers

/// Results of tasks other than classification.
enum SampleTasks {
  /// A prompt and four tokens that followed, each explained by the tokens before it.
  ///
  /// - Parameter end: the last token of the four.
  static func generation(_ row: Int64 = 5, end: String = "Ġend") -> ScoredExample {
    var encoding = Encoding(
      ids: [7, 8, 9], tokens: ["Once", "Ġup", "on"], typeIDs: [0, 0, 0], special: [false, false, false],
      offsets: [0..<4, 4..<7, 7..<9], words: [0, 1, 1], sequences: [0, 0, 0])
    let generated = ["Ġa", "Ġt", "ime", end]
    for (index, token) in generated.enumerated() {
      encoding.ids.append(end == token ? Int32(end.count) : Int32(20 + index))
      encoding.tokens.append(token)
      encoding.typeIDs.append(0)
      encoding.special.append(false)
      encoding.offsets.append(nil)
      encoding.words.append(nil)
      encoding.sequences.append(nil)
    }
    let explanations = (3..<7).map { position in
      let scores = (0..<position).map { Float($0 * 7 % 5 - 2) / 2 + Float(position) / 8 }
      let norm = scores.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
      return Explanation(
        method: "gxi", target: generated[position - 3], targetIndex: Int(encoding.ids[position]),
        targetPosition: position, output: Double(position), baselineOutput: nil, convergenceDelta: nil, steps: 1,
        attributions: scores, normalized: scores.map { $0 / norm }, attributionSum: Double(scores.reduce(0, +)),
        attributionNorm: Double(norm))
    }
    let text = generated.joined().split(separator: "Ġ").map { " " + $0 }.joined()
    return ScoredExample(
      example: Example(row: row, id: "g\(row)", text: "Once upon"), encoding: encoding,
      prediction: Prediction(label: text, index: 20, probability: 1, logits: [], withoutText: "20 21 22 23"),
      explanations: explanations,
      status: .ok)
  }

  /// A question with the answer `née Ω` at scalars 5 to 10 of its context, both ends explained.
  static func answer(_ row: Int64 = 6, at range: Range<Int> = 5..<10) -> ScoredExample {
    let scores: [Float] = [0, 0.5, 0, -0.25, 1, 0.75, 0]
    return ScoredExample(
      example: Example(row: row, id: "q\(row)", text: "Who?", textPair: "Anna née Ω 🎈", label: "née"),
      encoding: Encoding(
        ids: [1, 5, 2, 6, 7, 8, 2], tokens: ["[CLS]", "who", "[SEP]", "anna", "nee", "[UNK]", "[SEP]"],
        typeIDs: [0, 0, 0, 1, 1, 1, 1], special: [true, false, true, false, false, false, true],
        offsets: [nil, 0..<3, nil, 0..<4, 5..<8, 9..<10, nil], words: [nil, 0, nil, 0, 1, 2, nil],
        sequences: [nil, 0, nil, 1, 1, 1, nil]),
      prediction: Prediction(
        label: "née Ω", index: 4, probability: 0.5, logits: [3, 2.5], answer: range,
        withoutText: "\(range.lowerBound)-\(range.upperBound)"),
      explanations: [("start", 0, 4), ("end", 1, 5)].map { target, index, position in
        Explanation(
          method: "ig", target: target, targetIndex: index, targetPosition: position, output: 3, baselineOutput: 1,
          convergenceDelta: 0, steps: 50, attributions: scores, normalized: scores, attributionSum: 2,
          attributionNorm: 1)
      }, status: .ok)
  }
}
