import SalienceCheckpoints
import SalienceTensors

/// What Llama and the families after its pattern share: names, RMS norms, rotary positions, grouped keys and values,
/// and gated feed-forward parts (arXiv 2302.13971).
struct LlamaLayers {
  /// What tells a family from others.
  struct Options {
    /// Whether queries, keys and values have biases, what attention gives, and the feed-forward part.
    var projectionBias = false, outputBias = false, feedForwardBias = false
    /// What is made of the norms' stored vectors, and of the word table's rows.
    var norms = ParameterTransform.none, words = ParameterTransform.none
    /// Whether query and key heads are normalised.
    var normalizesHeads = false
    /// D where config.json does not say; H / A by default.
    var headSize: Int?
    var activation: ActivationFunction?
    var tiesWords = false
    var paddingID: Int?
    /// One a layer; every earlier token by default.
    var windows: [AttentionWindow]?
  }

  let maximumLength, vocabularySize, hiddenSize, layerCount, classCount: Int
  let paddingID: Int?
  let tiesWords: Bool
  private let heads, keyValueHeads, headSize, feedForwardSize: Int
  private let activation: ActivationFunction
  private let epsilon: Float
  private let frequencies: [Float]
  private let options: Options

  init(_ configuration: ModelConfiguration, _ options: Options) throws {
    maximumLength = try configuration.size("max_position_embeddings", upTo: SizeLimit.positions)
    vocabularySize = try configuration.size("vocab_size", upTo: SizeLimit.words)
    hiddenSize = try configuration.size("hidden_size", upTo: SizeLimit.width)
    layerCount = try configuration.size("num_hidden_layers", upTo: SizeLimit.layers)
    classCount = try configuration.labelCount
    paddingID = try configuration.tokenID("pad_token_id", default: options.paddingID)
    tiesWords = try configuration.boolean("tie_word_embeddings", default: options.tiesWords)
    heads = try configuration.size("num_attention_heads", upTo: SizeLimit.heads)
    keyValueHeads = try configuration.size("num_key_value_heads", upTo: SizeLimit.heads, default: heads)
    headSize = try configuration.size(
      "head_dim", upTo: SizeLimit.headSize, default: options.headSize ?? hiddenSize / heads)
    feedForwardSize = try configuration.size("intermediate_size", upTo: SizeLimit.width)
    activation = try options.activation ?? configuration.activation("hidden_act", default: "silu")
    epsilon = Float(try configuration.number("rms_norm_eps", default: 1e-6))
    guard keyValueHeads > 0, heads % keyValueHeads == 0, headSize > 0 else {
      throw ModelError(
        .invalid, "\(heads) heads cannot share \(keyValueHeads) heads of keys and values", file: configuration.file)
    }
    frequencies = try configuration.rotaryFrequencies(headSize: headSize)
    self.options = options
  }

  var layers: [PreNormLayer] { (0..<layerCount).map(layer) }

  var finalNorm: Normalization { norm("model.norm") }

  private func layer(_ index: Int) -> PreNormLayer {
    let name = "model.layers.\(index)"
    let rotary = RotaryEmbedding(heads: heads, keyHeads: keyValueHeads, headSize: headSize, frequencies: frequencies)
    return PreNormLayer(
      attentionNorm: norm("\(name).input_layernorm"),
      attention: SelfAttention(
        heads: heads, keyValueHeads: keyValueHeads, headSize: headSize, scale: 1 / Float(headSize).squareRoot(),
        window: options.windows?[index] ?? .causal,
        weights: { [self] parts in
          let pieces = [(HeadParts.query, "q", heads), (.key, "k", keyValueHeads), (.value, "v", keyValueHeads)]
            .filter { parts.contains($0.0) }
          return linear(
            pieces.map { "\(name).self_attn.\($0.1)_proj" }, from: hiddenSize,
            to: pieces.reduce(0) { $0 + $1.2 * headSize }, bias: options.projectionBias)
        },
        output: linear(
          ["\(name).self_attn.o_proj"], from: heads * headSize, to: hiddenSize, bias: options.outputBias),
        headNorms: options.normalizesHeads
          ? SelfAttention.HeadNorms(
            query: "\(name).self_attn.q_norm.weight", key: "\(name).self_attn.k_norm.weight", epsilon: epsilon) : nil,
        rotary: rotary),
      feedForwardNorm: norm("\(name).post_attention_layernorm"),
      feedForward: .gated(
        linear(
          ["\(name).mlp.gate_proj", "\(name).mlp.up_proj"], from: hiddenSize, to: 2 * feedForwardSize,
          bias: options.feedForwardBias),
        activation,
        linear(["\(name).mlp.down_proj"], from: feedForwardSize, to: hiddenSize, bias: options.feedForwardBias)))
  }

  private func norm(_ name: String) -> Normalization {
    .rmsNorm(
      gamma: Parameter("\(name).weight", shape: [hiddenSize], transform: options.norms), epsilon: epsilon)
  }

  private func linear(_ names: [String], from input: Int, to output: Int, bias: Bool) -> LinearWeights {
    LinearWeights(
      weight: Parameter(names.map { "\($0).weight" }, shape: [output, input]),
      bias: bias ? Parameter(names.map { "\($0).bias" }, shape: [output]) : nil)
  }

  private func words(_ transform: ParameterTransform) -> Parameter {
    Parameter("model.embed_tokens.weight", shape: [vocabularySize, hiddenSize], transform: transform)
  }

  /// Rows of the word table, which is all that these families embed.
  func embed(in plan: inout Plan, values: inout ModelValues) throws -> ValueID {
    let x = try plan.embedding(EmbeddingTerm(words(options.words), .wordIDs))
    values.points[.wordEmbeddings] = x
    values.points[.embeddings] = x
    return x
  }

  /// The heads of `GenericForSequenceClassification`, its like for tokens, and the language model's.
  func logits(_ head: ModelHead, of hidden: ValueID, in plan: inout Plan) throws -> ValueID {
    switch head {
    case .causalLM:
      let own = Parameter("lm_head.weight", shape: [vocabularySize, hiddenSize])
      return try plan.linear(hidden, weight: tiesWords ? words(.none) : own, bias: nil)
    case .sequenceClassification:
      return try plan.linear(hidden, weight: Parameter("score.weight", shape: [classCount, hiddenSize]), bias: nil)
    case .tokenClassification: return try plan.linear(hidden, name: "score", from: hiddenSize, to: classCount)
    case .questionAnswering, .maskedLM:
      throw ModelError(.unsupported, "decoders of Llama's pattern have no head \(head.rawValue) here")
    }
  }
}

/// A family of Llama's pattern.
protocol LlamaFamily: CausalDecoder {
  var parts: LlamaLayers { get }
}

extension LlamaFamily {
  public static var basePrefix: String { "model." }
  public static var heads: [ModelHead] { [.causalLM, .sequenceClassification, .tokenClassification] }
  public static var tiedNames: [[String]] { [["model.embed_tokens.weight", "lm_head.weight"]] }
  public var tiesWords: Bool { parts.tiesWords }
  public var maximumLength: Int { parts.maximumLength }
  public var vocabularySize: Int { parts.vocabularySize }
  var layers: [PreNormLayer] { parts.layers }
  public var layerCount: Int { parts.layerCount }
  var finalNorm: Normalization { parts.finalNorm }
  var paddingID: Int? { parts.paddingID }

  func embed(in plan: inout Plan, values: inout ModelValues) throws -> ValueID {
    try parts.embed(in: &plan, values: &values)
  }

  public func logits(_ head: ModelHead, of hidden: ValueID, in plan: inout Plan) throws -> ValueID {
    try parts.logits(head, of: hidden, in: &plan)
  }
}
