import SalienceCheckpoints
import SalienceTensors

/// BERT (arXiv 1810.04805), as `BertModel` and its heads in transformers.
public struct BERT: Architecture {
  public static let modelType = "bert"
  public static let heads: [ModelHead] = [.sequenceClassification, .questionAnswering, .tokenClassification, .maskedLM]
  public static let tiedNames = [
    ["bert.embeddings.word_embeddings.weight", "cls.predictions.decoder.weight"],
    ["cls.predictions.bias", "cls.predictions.decoder.bias"],
  ]
  public let maximumLength, layerCount, vocabularySize: Int
  public let readsTypeIDs = true
  private let hiddenSize, heads, feedForwardSize, classCount: Int
  public let typeCount: Int
  private let activation: ActivationFunction
  private let epsilon: Float
  public let tiesWords: Bool

  public init(_ configuration: ModelConfiguration) throws {
    maximumLength = try configuration.size("max_position_embeddings", upTo: SizeLimit.positions)
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
    try configuration.requireAbsolutePositions()
    try configuration.requireEncoder()
    try configuration.require(hiddenSize: hiddenSize, divisibleBy: heads)
  }

  public func body(in plan: inout Plan, values: inout ModelValues) throws -> ValueID {
    let words = try plan.embedding(table("word", vocabularySize, .wordIDs))
    values.points[.wordEmbeddings] = words
    let places = try plan.embedding(
      table("token_type", typeCount, .typeIDs), table("position", maximumLength, .positionIDs))
    let x = try plan.layerNorm(
      words, residual: places, name: "bert.embeddings.LayerNorm", width: hiddenSize, epsilon: epsilon)
    values.points[.embeddings] = x
    return try plan.encode(x, layers: (0..<layerCount).map(layer), values: &values)
  }

  public func logits(_ head: ModelHead, of hidden: ValueID, in plan: inout Plan) throws -> ValueID {
    switch head {
    case .sequenceClassification:
      let pooled = try plan.activation(
        .tanh, plan.linear(hidden, name: "bert.pooler.dense", from: hiddenSize, to: hiddenSize))
      return try plan.linear(pooled, name: "classifier", from: hiddenSize, to: classCount)
    case .questionAnswering: return try plan.linear(hidden, name: "qa_outputs", from: hiddenSize, to: 2)
    case .tokenClassification: return try plan.linear(hidden, name: "classifier", from: hiddenSize, to: classCount)
    case .maskedLM:
      let head = MaskedLMHead(
        dense: "cls.predictions.transform.dense", norm: "cls.predictions.transform.LayerNorm", hiddenSize: hiddenSize,
        width: hiddenSize, activation: activation, epsilon: epsilon,
        decoder: tiesWords
          ? table("word", vocabularySize, .wordIDs).table
          : Parameter("cls.predictions.decoder.weight", shape: [vocabularySize, hiddenSize]),
        bias: Parameter(tiesWords ? "cls.predictions.bias" : "cls.predictions.decoder.bias", shape: [vocabularySize]))
      return try head(hidden, in: &plan)
    case .causalLM: throw ModelError(.unsupported, "BERT has no causal language model here")
    }
  }

  private func table(_ kind: String, _ rows: Int, _ index: IndexInput) -> EmbeddingTerm {
    EmbeddingTerm(Parameter("bert.embeddings.\(kind)_embeddings.weight", shape: [rows, hiddenSize]), index)
  }

  private func layer(_ index: Int) -> EncoderLayer {
    EncoderLayer(
      names: EncoderLayer.Names(bertLayer: "bert.encoder.layer.\(index)"), hiddenSize: hiddenSize, heads: heads,
      feedForwardSize: feedForwardSize, activation: activation, epsilon: epsilon)
  }
}
