import SalienceCheckpoints
import SalienceTensors

/// RoBERTa (arXiv 1907.11692), XLM-RoBERTa (arXiv 1911.02116) and CamemBERT (arXiv 1911.03894), as `RobertaModel` and
/// its heads in transformers; the three differ in their tokenizers and sizes alone.
public struct RoBERTa: Architecture {
  public static let modelType = "roberta"
  public static let modelTypes = [modelType, "xlm-roberta", "camembert"]
  public static let heads: [ModelHead] = [.sequenceClassification, .questionAnswering, .tokenClassification, .maskedLM]
  public static let tiedNames = [
    ["roberta.embeddings.word_embeddings.weight", "lm_head.decoder.weight"],
    ["lm_head.bias", "lm_head.decoder.bias"],
  ]
  public let maximumLength, layerCount, vocabularySize: Int
  public let readsTypeIDs = true
  private let hiddenSize, heads, feedForwardSize, positionCount, classCount: Int
  public let typeCount: Int
  private let paddingID: Int32
  private let activation: ActivationFunction
  private let epsilon: Float
  public let tiesWords: Bool

  public init(_ configuration: ModelConfiguration) throws {
    positionCount = try configuration.size("max_position_embeddings", upTo: SizeLimit.positions)
    layerCount = try configuration.size("num_hidden_layers", upTo: SizeLimit.layers)
    vocabularySize = try configuration.size("vocab_size", upTo: SizeLimit.words)
    hiddenSize = try configuration.size("hidden_size", upTo: SizeLimit.width)
    heads = try configuration.size("num_attention_heads", upTo: SizeLimit.heads)
    feedForwardSize = try configuration.size("intermediate_size", upTo: SizeLimit.width)
    typeCount = try configuration.size("type_vocab_size", upTo: SizeLimit.types)
    classCount = try configuration.labelCount
    activation = try configuration.activation("hidden_act")
    epsilon = Float(try configuration.number("layer_norm_eps", default: 1e-12))
    tiesWords = try configuration.boolean("tie_word_embeddings", default: true)
    let padding = try configuration.integer("pad_token_id", default: 1)
    guard padding >= 0, padding < vocabularySize, padding < positionCount - 1 else {
      throw ModelError(
        .invalid, "pad_token_id \(padding) leaves no room among \(positionCount) positions and \(vocabularySize) words",
        file: configuration.file)
    }
    paddingID = Int32(padding)
    maximumLength = positionCount - padding - 1
    try configuration.requireAbsolutePositions()
    try configuration.requireEncoder()
    try configuration.require(hiddenSize: hiddenSize, divisibleBy: heads)
  }

  /// Positions count the tokens that are no padding, from the padding's own position on, which padding itself keeps
  /// (`create_position_ids_from_input_ids`): a baseline of padding tokens changes them.
  public func sequence(ids: [Int32], typeIDs: [Int32]) -> TokenSequence {
    var position = paddingID
    let positions = ids.map { id in
      if id == paddingID { return paddingID }
      position += 1
      return position
    }
    return TokenSequence(wordIDs: ids, positionIDs: positions, typeIDs: typeIDs)
  }

  public func body(in plan: inout Plan, values: inout ModelValues) throws -> ValueID {
    let words = try plan.embedding(table("word", vocabularySize, .wordIDs))
    values.points[.wordEmbeddings] = words
    let places = try plan.embedding(
      table("token_type", typeCount, .typeIDs), table("position", positionCount, .positionIDs))
    let x = try plan.layerNorm(
      words, residual: places, name: "roberta.embeddings.LayerNorm", width: hiddenSize, epsilon: epsilon)
    values.points[.embeddings] = x
    return try plan.encode(x, layers: (0..<layerCount).map(layer), values: &values)
  }

  public func logits(_ head: ModelHead, of hidden: ValueID, in plan: inout Plan) throws -> ValueID {
    switch head {
    case .sequenceClassification:
      let inner = try plan.activation(
        .tanh, plan.linear(hidden, name: "classifier.dense", from: hiddenSize, to: hiddenSize))
      return try plan.linear(inner, name: "classifier.out_proj", from: hiddenSize, to: classCount)
    case .questionAnswering: return try plan.linear(hidden, name: "qa_outputs", from: hiddenSize, to: 2)
    case .tokenClassification: return try plan.linear(hidden, name: "classifier", from: hiddenSize, to: classCount)
    case .maskedLM:
      let head = MaskedLMHead(
        dense: "lm_head.dense", norm: "lm_head.layer_norm", hiddenSize: hiddenSize, width: hiddenSize,
        activation: .gelu, epsilon: epsilon,
        decoder: tiesWords
          ? table("word", vocabularySize, .wordIDs).table
          : Parameter("lm_head.decoder.weight", shape: [vocabularySize, hiddenSize]),
        bias: Parameter(tiesWords ? "lm_head.bias" : "lm_head.decoder.bias", shape: [vocabularySize]))
      return try head(hidden, in: &plan)
    case .causalLM: throw ModelError(.unsupported, "RoBERTa has no causal language model here")
    }
  }

  private func table(_ kind: String, _ rows: Int, _ index: IndexInput) -> EmbeddingTerm {
    EmbeddingTerm(Parameter("roberta.embeddings.\(kind)_embeddings.weight", shape: [rows, hiddenSize]), index)
  }

  private func layer(_ index: Int) -> EncoderLayer {
    EncoderLayer(
      names: EncoderLayer.Names(bertLayer: "roberta.encoder.layer.\(index)"), hiddenSize: hiddenSize, heads: heads,
      feedForwardSize: feedForwardSize, activation: activation, epsilon: epsilon)
  }
}
