import SalienceCheckpoints
import SalienceTensors

/// DistilBERT (arXiv 1910.01108), as `DistilBertModel` and its heads in transformers.
public struct DistilBERT: Architecture {
  public static let modelType = "distilbert"
  public static let heads: [ModelHead] = [.sequenceClassification, .questionAnswering, .tokenClassification, .maskedLM]
  public static let tiedNames = [["distilbert.embeddings.word_embeddings.weight", "vocab_projector.weight"]]
  public let maximumLength, layerCount, vocabularySize: Int
  public let readsTypeIDs = false
  private let hiddenSize, heads, feedForwardSize, classCount: Int
  private let activation: ActivationFunction
  /// Fixed in the model's definition: config.json has no key for it.
  private let epsilon: Float = 1e-12
  public let tiesWords: Bool

  public init(_ configuration: ModelConfiguration) throws {
    maximumLength = try configuration.size("max_position_embeddings", upTo: SizeLimit.positions)
    layerCount = try configuration.size("n_layers", "num_hidden_layers", upTo: SizeLimit.layers)
    vocabularySize = try configuration.size("vocab_size", upTo: SizeLimit.words)
    hiddenSize = try configuration.size("dim", "hidden_size", upTo: SizeLimit.width)
    heads = try configuration.size("n_heads", "num_attention_heads", upTo: SizeLimit.heads)
    feedForwardSize = try configuration.size("hidden_dim", "intermediate_size", upTo: SizeLimit.width)
    classCount = try configuration.labelCount
    activation = try configuration.activation("activation")
    tiesWords = try configuration.boolean("tie_word_embeddings", default: true)
    try configuration.require(hiddenSize: hiddenSize, divisibleBy: heads)
  }

  public func body(in plan: inout Plan, values: inout ModelValues) throws -> ValueID {
    let words = try plan.embedding(table("word", vocabularySize, .wordIDs))
    values.points[.wordEmbeddings] = words
    let positions = try plan.embedding(table("position", maximumLength, .positionIDs))
    let x = try plan.layerNorm(
      words, residual: positions, name: "distilbert.embeddings.LayerNorm", width: hiddenSize, epsilon: epsilon)
    values.points[.embeddings] = x
    return try plan.encode(x, layers: (0..<layerCount).map(layer), values: &values)
  }

  public func logits(_ head: ModelHead, of hidden: ValueID, in plan: inout Plan) throws -> ValueID {
    switch head {
    case .sequenceClassification:
      let pooled = try plan.activation(
        .relu, plan.linear(hidden, name: "pre_classifier", from: hiddenSize, to: hiddenSize))
      return try plan.linear(pooled, name: "classifier", from: hiddenSize, to: classCount)
    case .questionAnswering: return try plan.linear(hidden, name: "qa_outputs", from: hiddenSize, to: 2)
    case .tokenClassification: return try plan.linear(hidden, name: "classifier", from: hiddenSize, to: classCount)
    case .maskedLM:
      let head = MaskedLMHead(
        dense: "vocab_transform", norm: "vocab_layer_norm", hiddenSize: hiddenSize, width: hiddenSize,
        activation: activation, epsilon: epsilon,
        decoder: tiesWords
          ? table("word", vocabularySize, .wordIDs).table
          : Parameter("vocab_projector.weight", shape: [vocabularySize, hiddenSize]),
        bias: Parameter("vocab_projector.bias", shape: [vocabularySize]))
      return try head(hidden, in: &plan)
    case .causalLM: throw ModelError(.unsupported, "DistilBERT has no causal language model here")
    }
  }

  private func table(_ kind: String, _ rows: Int, _ index: IndexInput) -> EmbeddingTerm {
    EmbeddingTerm(Parameter("distilbert.embeddings.\(kind)_embeddings.weight", shape: [rows, hiddenSize]), index)
  }

  private func layer(_ index: Int) -> EncoderLayer {
    let layer = "distilbert.transformer.layer.\(index)"
    return EncoderLayer(
      names: EncoderLayer.Names(
        query: "\(layer).attention.q_lin", key: "\(layer).attention.k_lin", value: "\(layer).attention.v_lin",
        attentionOutput: "\(layer).attention.out_lin", attentionNorm: "\(layer).sa_layer_norm",
        intermediate: "\(layer).ffn.lin1", output: "\(layer).ffn.lin2", outputNorm: "\(layer).output_layer_norm"),
      hiddenSize: hiddenSize, heads: heads, feedForwardSize: feedForwardSize, activation: activation,
      epsilon: epsilon)
  }
}
