import SalienceModels
import SalienceTokenizers

/// A label for each word of a text, read at the word's first token.
public struct TokenClassification: ModelTask {
  public let head = ModelHead.tokenClassification
  public let readout = Readout.everyToken
  public let outputNames: OutputNames

  public init(labels: [String]) { outputNames = OutputNames(labels) }

  public func decide(
    _ inputs: [TaskInput], with model: TaskModel
  ) async throws -> [Result<Decision, AttributionError>] {
    let encodings = inputs.compactMap(\.windows.first)
    return zip(encodings, try await model.logits(of: encodings)).map { encoding, logits in
      Result { () throws(AttributionError) in try decision(encoding, logits) }
    }
  }

  /// The words' labels in order; the probability is the least of theirs.
  private func decision(_ encoding: Encoding, _ logits: [Float]) throws(AttributionError) -> Decision {
    var (choices, least) = ([Decision.Choice](), Float(1))
    for position in encoding.firstTokensOfWords {
      let row = logits[position * outputNames.count..<(position + 1) * outputNames.count]
      let (index, probability) = try Prediction.largest(of: row)
      choices.append(Decision.Choice(position: position, index: index))
      least = min(least, probability)
    }
    let labels = choices.map { outputNames[$0.index] }.joined(separator: " ")
    return Decision(
      encoding: encoding,
      prediction: Prediction(label: labels, index: choices.first?.index ?? 0, probability: least, logits: logits),
      choices: choices)
  }

  public func outputs(of target: Target, for decision: Decision, label: String?) throws -> [ExplainedOutput] {
    if target == .label { throw AttributionError(.example, "the words' own labels cannot be explained") }
    return try decision.choices.map { choice in
      ExplainedOutput(
        selectedRow: choice.position, position: choice.position,
        targets: try target.resolve(outputNames, predicted: choice.index, label: nil))
    }
  }

  /// Words have one token and a half.
  public func expectedOutputs(tokens: Int) -> Int { max(1, tokens * 2 / 3) }

  public func validate(_ target: Target) throws {
    if target == .label {
      throw AttributionError(.usage, "the words' own labels cannot be explained: name a class", setting: .target)
    }
    try target.requireClasses(of: outputNames)
  }
}

extension Encoding {
  /// The first token of each word that is not a special token.
  var firstTokensOfWords: [Int] {
    ids.indices.filter { index in
      guard !special[index], let word = words[index] else { return false }
      return index == 0 || words[index - 1] != word || sequences[index - 1] != sequences[index]
    }
  }
}
