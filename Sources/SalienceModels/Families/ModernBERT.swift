import Foundation
import SalienceCheckpoints
import SalienceTensors

/// ModernBERT (arXiv 2412.13663), as `ModernBertModel` and its heads in transformers: rotary positions, gated units,
/// norms before each part of a layer, and layers that see a window of tokens between layers that see all.
public struct ModernBERT: Architecture {
  public static let modelType = "modernbert"
  public static let basePrefix = "model."
  public static let heads: [ModelHead] = [.sequenceClassification, .questionAnswering, .tokenClassification, .maskedLM]
  public static let tiedNames = [["model.embeddings.tok_embeddings.weight", "decoder.weight"]]
  public let maximumLength, layerCount, vocabularySize: Int
  public let readsTypeIDs = false
  public let classifierReadout: Readout
  private let hiddenSize, heads, feedForwardSize, classCount: Int
  private let activation, headActivation: ActivationFunction
  private let epsilon: Float
  private let biases: Biases
  public let tiesWords: Bool
  /// Of each layer.
  private let windows: [AttentionWindow]
  private let rotaries: [RotaryEmbedding]

  /// Which parts have one.
  private struct Biases {
    let attention, feedForward, norm, head, decoder: Bool
  }

  public init(_ configuration: ModelConfiguration) throws {
    maximumLength = try configuration.size("max_position_embeddings", upTo: SizeLimit.positions)
    layerCount = try configuration.size("num_hidden_layers", upTo: SizeLimit.layers)
    vocabularySize = try configuration.size("vocab_size", upTo: SizeLimit.words)
    hiddenSize = try configuration.size("hidden_size", upTo: SizeLimit.width)
    heads = try configuration.size("num_attention_heads", upTo: SizeLimit.heads)
    feedForwardSize = try configuration.size("intermediate_size", upTo: SizeLimit.width)
    classCount = try configuration.labelCount
    activation = try configuration.activation("hidden_activation")
    headActivation = try configuration.activation("classifier_activation")
    epsilon = Float(try configuration.number("norm_eps", default: 1e-5))
    biases = Biases(
      attention: try configuration.boolean("attention_bias", default: false),
      feedForward: try configuration.boolean("mlp_bias", default: false),
      norm: try configuration.boolean("norm_bias", default: false),
      head: try configuration.boolean("classifier_bias", default: false),
      decoder: try configuration.boolean("decoder_bias", default: true))
    tiesWords = try configuration.boolean("tie_word_embeddings", default: true)
    switch try configuration.string("classifier_pooling", default: "cls") {
    case "cls": classifierReadout = .selectedRow
    case "mean": classifierReadout = .mean
    case let other:
      throw ModelError(.unsupported, "classifier_pooling '\(other)' is not supported", file: configuration.file)
    }
    try configuration.requireEncoder()
    try configuration.require(hiddenSize: hiddenSize, divisibleBy: 2 * heads)
    guard try configuration.integer("head_dim", default: hiddenSize / heads) == hiddenSize / heads else {
      throw ModelError(
        .unsupported, "head_dim other than \(hiddenSize / heads) is not supported", file: configuration.file)
    }
    let kinds = try configuration.modernBERTLayerKinds(layerCount)
    // A token sees half the window on either side, at that distance too (`sliding_window_bidirectional_overlay`).
    let side = try configuration.size("local_attention", upTo: SizeLimit.window, default: 128) / 2
    windows = kinds.map { $0 == .local ? .local(side) : .everything }
    let bases = [
      ModernBERTLayerKind.global: try configuration.modernBERTRotaryBase(.global),
      .local: try configuration.modernBERTRotaryBase(.local),
    ]
    let (heads, headSize) = (heads, hiddenSize / heads)
    // One of each kind, which all layers of the kind share.
    let rotary = bases.mapValues { base in
      RotaryEmbedding(
        heads: heads, headSize: headSize,
        frequencies: (0..<headSize / 2).map { 1 / powf(base, Float(2 * $0) / Float(headSize)) })
    }
    rotaries = kinds.compactMap { rotary[$0] }
  }

  public func body(in plan: inout Plan, values: inout ModelValues) throws -> ValueID {
    let words = try plan.embedding(EmbeddingTerm(words, .wordIDs))
    values.points[.wordEmbeddings] = words
    var x = try norm("model.embeddings.norm")(words, in: &plan)
    values.points[.embeddings] = x
    for index in 0..<layerCount {
      x = values.add(try layer(index)(x, in: &plan), at: index)
    }
    return try norm("model.final_norm")(x, in: &plan)
  }

  public func logits(_ head: ModelHead, of hidden: ValueID, in plan: inout Plan) throws -> ValueID {
    let dense = try plan.activation(
      headActivation, linear("head.dense", hiddenSize, 0..<hiddenSize, biased: biases.head)(hidden, in: &plan))
    let inner = try norm("head.norm")(dense, in: &plan)
    switch head {
    case .sequenceClassification, .tokenClassification:
      return try plan.linear(inner, name: "classifier", from: hiddenSize, to: classCount)
    case .questionAnswering: return try plan.linear(inner, name: "classifier", from: hiddenSize, to: 2)
    case .maskedLM:
      let own = Parameter("decoder.weight", shape: [vocabularySize, hiddenSize])
      return try plan.linear(
        inner, weight: tiesWords ? words : own,
        bias: biases.decoder ? Parameter("decoder.bias", shape: [vocabularySize]) : nil)
    case .causalLM: throw ModelError(.unsupported, "ModernBERT has no causal language model here")
    }
  }

  private var words: Parameter {
    Parameter("model.embeddings.tok_embeddings.weight", shape: [vocabularySize, hiddenSize])
  }

  private func layer(_ index: Int) -> PreNormLayer {
    let name = "model.layers.\(index)"
    let hiddenSize = hiddenSize
    return PreNormLayer(
      attentionNorm: index == 0 ? .identity : norm("\(name).attn_norm"),
      attention: SelfAttention(
        heads: heads, keyValueHeads: heads, headSize: hiddenSize / heads,
        scale: 1 / Float(hiddenSize / heads).squareRoot(), window: windows[index],
        weights: { parts in
          let first = parts.contains(.query) ? 0 : hiddenSize
          let end = parts.contains(.value) ? 3 * hiddenSize : hiddenSize
          return linear("\(name).attn.Wqkv", hiddenSize, first..<end, biased: biases.attention)
        }, output: linear("\(name).attn.Wo", hiddenSize, 0..<hiddenSize, biased: biases.attention),
        rotary: rotaries[index]),
      feedForwardNorm: norm("\(name).mlp_norm"),
      feedForward: .gated(
        linear("\(name).mlp.Wi", hiddenSize, 0..<2 * feedForwardSize, biased: biases.feedForward), activation,
        linear("\(name).mlp.Wo", feedForwardSize, 0..<hiddenSize, biased: biases.feedForward)))
  }

  private func norm(_ name: String) -> Normalization {
    .layerNorm(
      gamma: Parameter("\(name).weight", shape: [hiddenSize]),
      beta: biases.norm ? Parameter("\(name).bias", shape: [hiddenSize]) : nil, epsilon: epsilon)
  }

  /// Some outputs of a linear layer.
  private func linear(_ name: String, _ inputs: Int, _ outputs: Range<Int>, biased: Bool) -> LinearWeights {
    LinearWeights(
      weight: Parameter("\(name).weight", shape: [outputs.count, inputs], transform: .rows(outputs)),
      bias: biased ? Parameter("\(name).bias", shape: [outputs.count], transform: .elements(outputs)) : nil)
  }
}

/// Whether a layer sees every token or a window of them, by the names that config.json uses in `layer_types`.
enum ModernBERTLayerKind: String {
  case global = "full_attention"
  case local = "sliding_attention"
}

extension ModelConfiguration {
  /// `layer_types` where present, else every `global_attn_every_n_layers`th layer is global.
  fileprivate func modernBERTLayerKinds(_ count: Int) throws -> [ModernBERTLayerKind] {
    guard let listed = value("layer_types") else {
      let period = try size("global_attn_every_n_layers", upTo: SizeLimit.window, default: 3)
      return (0..<count).map { $0 % period == 0 ? .global : .local }
    }
    let kinds = (listed.arrayValue ?? []).compactMap { $0.stringValue.flatMap(ModernBERTLayerKind.init(rawValue:)) }
    guard kinds.count == count, listed.arrayValue?.count == count else {
      throw ModelError(
        .unsupported, "layer_types must name full_attention or sliding_attention for each of \(count) layers",
        file: file)
    }
    return kinds
  }

  /// The base of a kind of layer's rotary frequencies, from `rope_parameters` or the older keys; a local one of null is
  /// the global one.
  fileprivate func modernBERTRotaryBase(_ kind: ModernBERTLayerKind) throws -> Float {
    if value("rope_scaling") != nil {
      throw ModelError(.unsupported, "rope_scaling is not supported with model_type 'modernbert'", file: file)
    }
    let standard = kind == .global ? 160_000.0 : 10_000.0
    let parameters = value("rope_parameters")?[kind.rawValue]
    if let type = parameters?["rope_type"]?.stringValue, type != "default" {
      throw ModelError(
        .unsupported, "rope_type '\(type)' is not supported with model_type 'modernbert'", file: file)
    }
    if let base = parameters?["rope_theta"]?.doubleValue { return Float(base) }
    let isGlobal = kind == .global || json["local_rope_theta"]?.isNull == true
    return Float(try number(isGlobal ? "global_rope_theta" : "local_rope_theta", default: standard))
  }
}
