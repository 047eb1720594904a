import SalienceCheckpoints
import SalienceTensors

/// ALBERT (arXiv 1909.11942), as `AlbertModel` and its heads in transformers: narrow embeddings, and layers that share
/// their weights by group.
public struct ALBERT: Architecture {
  public static let modelType = "albert"
  public static let heads: [ModelHead] = [.sequenceClassification, .questionAnswering, .tokenClassification, .maskedLM]
  public static let tiedNames = [
    ["albert.embeddings.word_embeddings.weight", "predictions.decoder.weight"],
    ["predictions.bias", "predictions.decoder.bias"],
  ]
  public let maximumLength, layerCount, vocabularySize: Int
  public let readsTypeIDs = true
  /// E of the embedding block, and H of the layers.
  private let embeddingSize, hiddenSize: Int
  private let heads, feedForwardSize, classCount: Int
  public let typeCount: Int
  /// Groups, and the layers that each run of a group passes through.
  private let groupCount, groupSize: Int
  private let activation: ActivationFunction
  private let epsilon: Float
  public let tiesWords: Bool

  public init(_ configuration: ModelConfiguration) throws {
    maximumLength = try configuration.size("max_position_embeddings", upTo: SizeLimit.positions)
    groupCount = try configuration.size("num_hidden_groups", upTo: SizeLimit.layers, default: 1)
    groupSize = try configuration.size("inner_group_num", upTo: SizeLimit.layers, default: 1)
    let runs = try configuration.size("num_hidden_layers", upTo: SizeLimit.layers)
    guard groupCount <= runs, runs * groupSize <= SizeLimit.layers else {
      throw ModelError(
        .invalid, "\(runs) layers cannot run in num_hidden_groups \(groupCount) of inner_group_num \(groupSize)",
        file: configuration.file)
    }
    layerCount = runs * groupSize
    vocabularySize = try configuration.size("vocab_size", upTo: SizeLimit.words)
    embeddingSize = try configuration.size("embedding_size", upTo: SizeLimit.width)
    hiddenSize = try configuration.size("hidden_size", upTo: SizeLimit.width)
    heads = try configuration.size("num_attention_heads", upTo: SizeLimit.heads)
    feedForwardSize = try configuration.size("intermediate_size", upTo: SizeLimit.width)
    typeCount = try configuration.size("type_vocab_size", upTo: SizeLimit.types)
    classCount = try configuration.labelCount
    activation = try configuration.activation("hidden_act", default: "gelu_new")
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
      words, residual: places, name: "albert.embeddings.LayerNorm", width: embeddingSize, epsilon: epsilon)
    values.points[.embeddings] = embeddings
    let x = try plan.linear(
      embeddings, name: "albert.encoder.embedding_hidden_mapping_in", from: embeddingSize, to: hiddenSize)
    return try plan.encode(x, layers: (0..<layerCount).map(layer), values: &values)
  }

  public func logits(_ head: ModelHead, of hidden: ValueID, in plan: inout Plan) throws -> ValueID {
    switch head {
    case .sequenceClassification:
      let pooled = try plan.activation(
        .tanh, plan.linear(hidden, name: "albert.pooler", from: hiddenSize, to: hiddenSize))
      return try plan.linear(pooled, name: "classifier", from: hiddenSize, to: classCount)
    case .questionAnswering: return try plan.linear(hidden, name: "qa_outputs", from: hiddenSize, to: 2)
    case .tokenClassification: return try plan.linear(hidden, name: "classifier", from: hiddenSize, to: classCount)
    case .maskedLM:
      let head = MaskedLMHead(
        dense: "predictions.dense", norm: "predictions.LayerNorm", hiddenSize: hiddenSize, width: embeddingSize,
        activation: activation, epsilon: epsilon,
        decoder: tiesWords
          ? table("word", vocabularySize, .wordIDs).table
          : Parameter("predictions.decoder.weight", shape: [vocabularySize, embeddingSize]),
        bias: Parameter(tiesWords ? "predictions.bias" : "predictions.decoder.bias", shape: [vocabularySize]))
      return try head(hidden, in: &plan)
    case .causalLM: throw ModelError(.unsupported, "ALBERT has no causal language model here")
    }
  }

  private func table(_ kind: String, _ rows: Int, _ index: IndexInput) -> EmbeddingTerm {
    EmbeddingTerm(Parameter("albert.embeddings.\(kind)_embeddings.weight", shape: [rows, embeddingSize]), index)
  }

  /// The layer that is passed through as number `index`; runs are dealt to the groups in equal shares.
  private func layer(_ index: Int) -> EncoderLayer {
    let group = index / groupSize * groupCount / (layerCount / groupSize)
    let layer = "albert.encoder.albert_layer_groups.\(group).albert_layers.\(index % groupSize)"
    return EncoderLayer(
      names: EncoderLayer.Names(
        query: "\(layer).attention.query", key: "\(layer).attention.key", value: "\(layer).attention.value",
        attentionOutput: "\(layer).attention.dense", attentionNorm: "\(layer).attention.LayerNorm",
        intermediate: "\(layer).ffn", output: "\(layer).ffn_output", outputNorm: "\(layer).full_layer_layer_norm"),
      hiddenSize: hiddenSize, heads: heads, feedForwardSize: feedForwardSize, activation: activation,
      epsilon: epsilon)
  }
}
