import SalienceModels
import SalienceTokenizers

/// The token that belongs in the place of each mask.
public struct MaskedLanguageModel: ModelTask {
  public let head = ModelHead.maskedLM
  public let readout = Readout.selectedRow
  public let outputNames: OutputNames
  private let tokenizer: Tokenizer
  private let mask: Int32

  /// - Throws: `AttributionError` with code `usage` where the tokenizer has no mask token.
  public init(tokenizer: Tokenizer, vocabularySize: Int) throws {
    guard let mask = tokenizer.maskToken else {
      throw AttributionError(.usage, "the tokenizer has no mask token, so there is nothing to fill")
    }
    self.mask = mask.id
    self.tokenizer = tokenizer
    outputNames = OutputNames(vocabularyOf: tokenizer, count: vocabularySize)
  }

  public func windows(of text: String, pair: String?, tokenizer: Tokenizer, maxLength: Int) throws -> [Encoding] {
    let encoding = try tokenizer.encode(text, pair: pair, maxLength: maxLength)
    guard encoding.ids.contains(mask) else {
      if encoding.truncated, try tokenizer.encode(text, pair: pair).ids.contains(mask) {
        throw AttributionError(
          .example,
          "the text's \(tokenizer.maskToken?.0 ?? "mask") was cut off: only \(encoding.count) tokens fit")
      }
      throw AttributionError(.example, "the text has no \(tokenizer.maskToken?.0 ?? "mask") to fill")
    }
    return [encoding]
  }

  public func decide(
    _ inputs: [TaskInput], with model: TaskModel
  ) async throws -> [Result<Decision, AttributionError>] {
    let encodings = inputs.compactMap(\.windows.first)
    let masks = encodings.map { encoding in encoding.ids.indices.filter { encoding.ids[$0] == mask } }
    let places = encodings.indices.flatMap { index in masks[index].map { (encodings[index], $0) } }
    var logits = try await model.logits(of: places.map(\.0), rows: places.map(\.1))[...]
    return zip(encodings, masks).map { encoding, masks in
      defer { logits = logits.dropFirst(masks.count) }
      return Result { () throws(AttributionError) in
        try decision(encoding, masks, Array(logits.prefix(masks.count)))
      }
    }
  }

  /// The filled-in tokens as text; the probability is the least of theirs, and the logits are those of the tokens.
  private func decision(
    _ encoding: Encoding, _ masks: [Int], _ logits: [[Float]]
  ) throws(AttributionError) -> Decision {
    var (choices, least, chosen) = ([Decision.Choice](), Float(1), [Float]())
    for (position, row) in zip(masks, logits) {
      let (index, probability) = try Prediction.largest(of: row)
      choices.append(Decision.Choice(position: position, index: index))
      least = min(least, probability)
      chosen.append(row[index])
    }
    let text = choices.map { tokenizer.decode([Int32(clamping: $0.index)]) }.joined(separator: " ")
    return Decision(
      encoding: encoding,
      prediction: Prediction(
        label: text, index: choices.first?.index ?? 0, probability: least, logits: chosen,
        withoutText: choices.map { String($0.index) }.joined(separator: " ")),
      choices: choices)
  }

  public func outputs(of target: Target, for decision: Decision, label: String?) throws -> [ExplainedOutput] {
    try decision.choices.map { choice in
      ExplainedOutput(
        selectedRow: choice.position, position: choice.position,
        targets: try target.resolve(outputNames, predicted: choice.index, label: label))
    }
  }

  public func validate(_ method: any AttributionMethod) throws { try validate(method.target) }

  public func validate(_ target: Target) throws {
    if target == .all {
      throw AttributionError(
        .usage, "all \(outputNames.count) tokens are too many to explain: name one", setting: .target)
    }
    try target.requireClasses(of: outputNames)
  }
}
