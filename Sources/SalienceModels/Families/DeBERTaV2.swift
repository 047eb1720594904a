import SalienceCheckpoints
import SalienceTensors

/// DeBERTa-v2 and v3 (arXiv 2006.03654, 2111.09543), as `DebertaV2Model` and its heads in transformers: what a token
/// says and where it stands score apart.
public struct DeBERTaV2: Architecture {
  public static let modelType = "deberta-v2"
  public static let basePrefix = "deberta."
  public static let unreadTensors = ["embeddings.position_embeddings"]
  public static let heads: [ModelHead] = [.sequenceClassification, .questionAnswering, .tokenClassification, .maskedLM]
  public static let tiedNames = [
    ["deberta.embeddings.word_embeddings.weight", "cls.predictions.decoder.weight"],
    ["cls.predictions.bias", "cls.predictions.decoder.bias"],
  ]
  public let maximumLength, layerCount, vocabularySize: Int
  /// E of the embedding tables, and H of the layers.
  private let embeddingSize, hiddenSize: Int
  private let heads, feedForwardSize, classCount: Int
  public let typeCount: Int
  private let activation, poolerActivation: ActivationFunction
  private let epsilon: Float
  public let tiesWords: Bool
  private let hasPositionTable: Bool
  /// Whether the masked language model is the one that transformers calls legacy.
  private let hasLegacyHead: Bool
  private let relative: DeBERTaPositions

  public var readsTypeIDs: Bool { typeCount > 0 }

  public init(_ configuration: ModelConfiguration) throws {
    maximumLength = try configuration.size("max_position_embeddings", upTo: SizeLimit.relativePositions)
    layerCount = try configuration.size("num_hidden_layers", upTo: SizeLimit.layers)
    vocabularySize = try configuration.size("vocab_size", upTo: SizeLimit.words)
    hiddenSize = try configuration.size("hidden_size", upTo: SizeLimit.width)
    embeddingSize = try configuration.size("embedding_size", upTo: SizeLimit.width, default: hiddenSize)
    heads = try configuration.size("num_attention_heads", upTo: SizeLimit.heads)
    feedForwardSize = try configuration.size("intermediate_size", upTo: SizeLimit.width)
    typeCount = try configuration.size("type_vocab_size", from: 0, upTo: SizeLimit.types, default: 0)
    classCount = try configuration.labelCount
    activation = try configuration.activation("hidden_act")
    poolerActivation = try configuration.activation("pooler_hidden_act")
    epsilon = Float(try configuration.number("layer_norm_eps", default: 1e-7))
    hasPositionTable = try configuration.boolean("position_biased_input", default: true)
    tiesWords = try configuration.boolean("tie_word_embeddings", default: true)
    hasLegacyHead = try configuration.boolean("legacy", default: true)
    try configuration.requireEncoder()
    try configuration.require(hiddenSize: hiddenSize, divisibleBy: heads)
    guard try configuration.integer("conv_kernel_size", default: 0) <= 0 else {
      throw ModelError(.unsupported, "conv_kernel_size above 0 is not supported", file: configuration.file)
    }
    for (key, value) in [("attention_head_size", hiddenSize / heads), ("pooler_hidden_size", hiddenSize)]
    where try configuration.integer(key, default: value) != value {
      throw ModelError(.unsupported, "\(key) other than \(value) is not supported", file: configuration.file)
    }
    relative = try DeBERTaPositions(configuration, maximumLength: maximumLength, epsilon: epsilon)
  }

  public func body(in plan: inout Plan, values: inout ModelValues) throws -> ValueID {
    let words = try plan.embedding(table("word", vocabularySize, .wordIDs))
    values.points[.wordEmbeddings] = words
    let tables =
      (hasPositionTable ? [table("position", maximumLength, .positionIDs)] : [])
      + (typeCount > 0 ? [table("token_type", typeCount, .typeIDs)] : [])
    var places = try tables.isEmpty ? nil : plan.embedding(tables)
    var sum = words
    if embeddingSize != hiddenSize {
      if let added = places { sum = try plan.add(words, added) }
      places = nil
      let weight = Parameter("deberta.embeddings.embed_proj.weight", shape: [hiddenSize, embeddingSize])
      sum = try plan.linear(sum, weight: weight, bias: nil)
    }
    let x = try plan.layerNorm(
      sum, residual: places, name: "deberta.embeddings.LayerNorm", width: hiddenSize, epsilon: epsilon)
    values.points[.embeddings] = x
    return try plan.encode(x, layers: (0..<layerCount).map(layer), values: &values)
  }

  public func logits(_ head: ModelHead, of hidden: ValueID, in plan: inout Plan) throws -> ValueID {
    switch head {
    case .sequenceClassification:
      let pooled = try plan.activation(
        poolerActivation, plan.linear(hidden, name: "pooler.dense", from: hiddenSize, to: hiddenSize))
      return try plan.linear(pooled, name: "classifier", from: hiddenSize, to: classCount)
    case .questionAnswering: return try plan.linear(hidden, name: "qa_outputs", from: hiddenSize, to: 2)
    case .tokenClassification: return try plan.linear(hidden, name: "classifier", from: hiddenSize, to: classCount)
    case .maskedLM: return try maskedLM(hidden, in: &plan)
    case .causalLM: throw ModelError(.unsupported, "DeBERTa has no causal language model here")
    }
  }

  private func maskedLM(_ hidden: ValueID, in plan: inout Plan) throws -> ValueID {
    let words = table("word", vocabularySize, .wordIDs).table
    let name = hasLegacyHead ? "cls.predictions.transform" : "lm_predictions.lm_head"
    let head = MaskedLMHead(
      dense: "\(name).dense", norm: "\(name).LayerNorm", hiddenSize: hiddenSize,
      width: hasLegacyHead ? embeddingSize : hiddenSize, activation: activation, epsilon: epsilon,
      decoder: tiesWords || !hasLegacyHead
        ? words : Parameter("cls.predictions.decoder.weight", shape: [vocabularySize, embeddingSize]),
      bias: Parameter(
        hasLegacyHead ? (tiesWords ? "cls.predictions.bias" : "cls.predictions.decoder.bias") : "\(name).bias",
        shape: [vocabularySize]))
    return try head(hidden, in: &plan)
  }

  private func table(_ kind: String, _ rows: Int, _ index: IndexInput) -> EmbeddingTerm {
    EmbeddingTerm(Parameter("deberta.embeddings.\(kind)_embeddings.weight", shape: [rows, embeddingSize]), index)
  }

  private func layer(_ index: Int) -> EncoderLayer {
    let layer = "deberta.encoder.layer.\(index)"
    return EncoderLayer(
      names: EncoderLayer.Names(
        query: "\(layer).attention.self.query_proj", key: "\(layer).attention.self.key_proj",
        value: "\(layer).attention.self.value_proj", attentionOutput: "\(layer).attention.output.dense",
        attentionNorm: "\(layer).attention.output.LayerNorm", intermediate: "\(layer).intermediate.dense",
        output: "\(layer).output.dense", outputNorm: "\(layer).output.LayerNorm"),
      hiddenSize: hiddenSize, heads: heads, feedForwardSize: feedForwardSize, activation: activation,
      epsilon: epsilon, positions: relative.tables(of: "\(layer).attention.self", hiddenSize: hiddenSize),
      scoreTerms: relative.scoreTerms)
  }
}
