import SalienceCheckpoints

/// What the last layers of a checkpoint decide, by the ending that transformers gives the class.
public enum ModelHead: String, Sendable, CaseIterable {
  case sequenceClassification = "ForSequenceClassification"
  case questionAnswering = "ForQuestionAnswering"
  case tokenClassification = "ForTokenClassification"
  case maskedLM = "ForMaskedLM"
  case causalLM = "ForCausalLM"

  /// GPT-2's class of causal language models has a name of its own, and what BERT and ALBERT were trained as holds
  /// their masked language model.
  private static let otherEndings: [String: ModelHead] = [
    "LMHeadModel": .causalLM, "BertForPreTraining": .maskedLM, "AlbertForPreTraining": .maskedLM,
  ]

  /// The head that config.json names; sequence classification where it names none.
  ///
  /// - Throws: `ModelError` with code `unsupported` for a head that is not implemented.
  public init(of configuration: ModelConfiguration) throws {
    guard let name = configuration.architectures.first else {
      self = .sequenceClassification
      return
    }
    let known = Self.allCases.map { ($0.rawValue, $0) } + Self.otherEndings.map { ($0.key, $0.value) }
    guard let head = known.first(where: { name.hasSuffix($0.0) })?.1 else {
      throw ModelError(
        .unsupported,
        "architecture '\(name)' has no head that is supported; supported are "
          + Self.allCases.map(\.rawValue).joined(separator: ", ")
          + "; for a class of your own say with 'task' what it was trained for, and with 'tensor_prefix' what stands"
          + " before the family's tensor names", file: configuration.file)
    }
    self = head
  }
}

/// Which rows of the last layer become outputs.
public enum Readout: Sendable, Hashable {
  /// The row that each sequence selects: [B x C].
  case selectedRow
  /// Every token's row: [T x C].
  case everyToken
  /// The mean of every token's row, before the head: [B x C].
  case mean
  /// The largest of each output over the tokens, after the head: [B x C].
  case maximum
}

/// Which number of an output is explained.
public enum OutputKind: String, Sendable, CaseIterable {
  case logit
  /// The probability that predictions show.
  case probability
  /// The logarithm of the probability, of outputs that exclude each other: a training loss without its sign.
  case logProbability = "log-probability"
}

/// What makes a model's outputs of its logits.
public enum OutputFunction: Sendable, Hashable {
  /// The logits themselves.
  case identity
  /// Softmax over the C logits of a row, which exclude each other.
  case softmax
  /// The logarithm of that.
  case logSoftmax
  /// Each logit's own probability, whatever the others are.
  case sigmoid
  /// Each column's softmax over a sequence's candidates (`TokenSequence.candidates`): which of the tokens it is.
  case tokenSoftmax
}
