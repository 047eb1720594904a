import SalienceCheckpoints
import SalienceTensors

/// BERT for sequence classification (arXiv 1810.04805), as `BertForSequenceClassification` in transformers.
public struct BERT: Architecture {
  public static let modelType = "bert"
  public let maximumLength, layerCount, vocabularySize: Int
  public let readsTypeIDs = true
  private let hiddenSize, heads, feedForwardSize, typeCount, classCount: Int
  private let activation: ActivationFunction
  private let epsilon: Float

  public init(_ configuration: ModelConfiguration) throws {
    maximumLength = try configuration.size("max_position_embeddings")
    layerCount = try configuration.size("num_hidden_layers")
    vocabularySize = try configuration.size("vocab_size")
    hiddenSize = try configuration.size("hidden_size")
    heads = try configuration.size("num_attention_heads")
    feedForwardSize = try configuration.size("intermediate_size")
    typeCount = try configuration.size("type_vocab_size")
    classCount = try configuration.labelCount
    activation = try configuration.activation("hidden_act")
    epsilon = Float(try configuration.number("layer_norm_eps", default: 1e-12))
    try configuration.requireAbsolutePositions()
    try configuration.require(hiddenSize: hiddenSize, divisibleBy: heads)
  }

  public func sequenceClassifier(everyRow: Bool) throws -> ModelGraph {
    var plan = Plan()
    var points: [AttributionLayer: ValueID] = [:]
    let words = try plan.embedding(table("word", vocabularySize, .wordIDs))
    points[.wordEmbeddings] = words
    let places = try plan.embedding(
      table("token_type", typeCount, .typeIDs), table("position", maximumLength, .positionIDs))
    let x = try plan.layerNorm(
      words, residual: places, name: "bert.embeddings.LayerNorm", width: hiddenSize, epsilon: epsilon)
    points[.embeddings] = x
    let first = try plan.encodeFirstRow(x, layers: (0..<layerCount).map(layer), everyRow: everyRow, points: &points)
    let pooled = try plan.activation(
      .tanh, plan.linear(first, name: "bert.pooler.dense", from: hiddenSize, to: hiddenSize))
    plan.result(try plan.linear(pooled, name: "classifier", from: hiddenSize, to: classCount))
    return ModelGraph(plan: plan, points: points)
  }

  private func table(_ kind: String, _ rows: Int, _ index: IndexInput) -> EmbeddingTerm {
    EmbeddingTerm(Parameter("bert.embeddings.\(kind)_embeddings.weight", shape: [rows, hiddenSize]), index)
  }

  private func layer(_ index: Int) -> EncoderLayer {
    let layer = "bert.encoder.layer.\(index)"
    return EncoderLayer(
      names: EncoderLayer.Names(
        query: "\(layer).attention.self.query", key: "\(layer).attention.self.key",
        value: "\(layer).attention.self.value", attentionOutput: "\(layer).attention.output.dense",
        attentionNorm: "\(layer).attention.output.LayerNorm", intermediate: "\(layer).intermediate.dense",
        output: "\(layer).output.dense", outputNorm: "\(layer).output.LayerNorm"),
      hiddenSize: hiddenSize, heads: heads, feedForwardSize: feedForwardSize, activation: activation,
      epsilon: epsilon)
  }
}
