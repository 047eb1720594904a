import SalienceCheckpoints
import SalienceTensors

/// ELECTRA (arXiv 2003.10555), discriminator and generator, as `ElectraModel` and its heads in transformers.
public struct ELECTRA: Architecture {
  public static let modelType = "electra"
  public static let heads: [ModelHead] = [.sequenceClassification, .questionAnswering, .tokenClassification, .maskedLM]
  public static let tiedNames = [["electra.embeddings.word_embeddings.weight", "generator_lm_head.weight"]]
  public let maximumLength, layerCount, vocabularySize: Int
  public let readsTypeIDs = true
  /// E of the embedding block, and H of the layers.
  private let embeddingSize, hiddenSize: Int
  private let heads, feedForwardSize, classCount: Int
  public let typeCount: Int
  private let activation: ActivationFunction
  private let epsilon: Float
  public let tiesWords: Bool

  public init(_ configuration: ModelConfiguration) throws {
    maximumLength = try configuration.size("max_position_embeddings", upTo: SizeLimit.positions)
    layerCount = try configuration.size("num_hidden_layers", upTo: SizeLimit.layers)
    vocabularySize = try configuration.size("vocab_size", upTo: SizeLimit.words)
    embeddingSize = try configuration.size("embedding_size", upTo: SizeLimit.width)
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
    let embeddings = try plan.layerNorm(
      words, residual: places, name: "electra.embeddings.LayerNorm", width: embeddingSize, epsilon: epsilon)
    values.points[.embeddings] = embeddings
    var x = embeddings
    if embeddingSize != hiddenSize {
      x = try plan.linear(embeddings, name: "electra.embeddings_project", from: embeddingSize, to: hiddenSize)
    }
    return try plan.encode(x, layers: (0..<layerCount).map(layer), values: &values)
  }

  public func logits(_ head: ModelHead, of hidden: ValueID, in plan: inout Plan) throws -> ValueID {
    switch head {
    case .sequenceClassification:
      let inner = try plan.activation(
        .gelu, plan.linear(hidden, name: "classifier.dense", from: hiddenSize, to: hiddenSize))
      return try plan.linear(inner, name: "classifier.out_proj", from: hiddenSize, to: classCount)
    case .questionAnswering: return try plan.linear(hidden, name: "qa_outputs", from: hiddenSize, to: 2)
    case .tokenClassification: return try plan.linear(hidden, name: "classifier", from: hiddenSize, to: classCount)
    case .maskedLM:
      let head = MaskedLMHead(
        dense: "generator_predictions.dense", norm: "generator_predictions.LayerNorm", hiddenSize: hiddenSize,
        width: embeddingSize, activation: .gelu, epsilon: epsilon,
        decoder: tiesWords
          ? table("word", vocabularySize, .wordIDs).table
          : Parameter("generator_lm_head.weight", shape: [vocabularySize, embeddingSize]),
        bias: Parameter("generator_lm_head.bias", shape: [vocabularySize]))
      return try head(hidden, in: &plan)
    case .causalLM: throw ModelError(.unsupported, "ELECTRA has no causal language model here")
    }
  }

  private func table(_ kind: String, _ rows: Int, _ index: IndexInput) -> EmbeddingTerm {
    EmbeddingTerm(Parameter("electra.embeddings.\(kind)_embeddings.weight", shape: [rows, embeddingSize]), index)
  }

  private func layer(_ index: Int) -> EncoderLayer {
    EncoderLayer(
      names: EncoderLayer.Names(bertLayer: "electra.encoder.layer.\(index)"), hiddenSize: hiddenSize, heads: heads,
      feedForwardSize: feedForwardSize, activation: activation, epsilon: epsilon)
  }
}
