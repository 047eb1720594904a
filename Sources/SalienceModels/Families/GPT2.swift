import SalienceCheckpoints
import SalienceTensors

/// GPT-2 (Radford and others 2019), DistilGPT2 too, as `GPT2Model` and its heads in transformers.
///
/// Its linear layers are stored `in x out`.
public struct GPT2: CausalDecoder {
  public static let modelType = "gpt2"
  public static let basePrefix = "transformer."
  /// In transformers it adds the embedding of the word whose id is the type.
  public static let refusesTypeIDs = true
  public static let unreadTensors = [".attn.bias", ".crossattention.bias"]
  public static let heads: [ModelHead] = [
    .causalLM, .sequenceClassification, .tokenClassification, .questionAnswering,
  ]
  public static let tiedNames = [["transformer.wte.weight", "lm_head.weight"]]
  public let maximumLength, vocabularySize: Int
  let layers: [PreNormLayer]
  let finalNorm: Normalization
  let paddingID: Int?
  private let hiddenSize, classCount: Int
  public let tiesWords: Bool

  public init(_ configuration: ModelConfiguration) throws {
    maximumLength = try configuration.size("n_positions", "max_position_embeddings", upTo: SizeLimit.positions)
    vocabularySize = try configuration.size("vocab_size", upTo: SizeLimit.words)
    hiddenSize = try configuration.size("n_embd", "hidden_size", upTo: SizeLimit.width)
    classCount = try configuration.labelCount
    tiesWords = try configuration.boolean("tie_word_embeddings", default: true)
    paddingID = try configuration.tokenID("pad_token_id")
    try configuration.refuse("add_cross_attention")
    let epsilon = Float(try configuration.number("layer_norm_epsilon", default: 1e-5))
    let block = Block(
      hiddenSize: hiddenSize, heads: try configuration.size("n_head", "num_attention_heads", upTo: SizeLimit.heads),
      feedForwardSize: try configuration.size("n_inner", upTo: SizeLimit.width, default: 4 * hiddenSize),
      activation: try configuration.activation("activation_function", default: "gelu_new"), epsilon: epsilon,
      scales: try configuration.boolean("scale_attn_weights", default: true),
      scalesByLayer: try configuration.boolean("scale_attn_by_inverse_layer_idx", default: false))
    try configuration.require(hiddenSize: hiddenSize, divisibleBy: block.heads)
    layers = (0..<(try configuration.size("n_layer", "num_hidden_layers", upTo: SizeLimit.layers))).map(block.layer)
    finalNorm = block.norm("transformer.ln_f")
  }

  func embed(in plan: inout Plan, values: inout ModelValues) throws -> ValueID {
    let words = try plan.embedding(EmbeddingTerm(words, .wordIDs))
    values.points[.wordEmbeddings] = words
    let positions = Parameter("transformer.wpe.weight", shape: [maximumLength, hiddenSize])
    let x = try plan.add(words, plan.embedding(EmbeddingTerm(positions, .positionIDs)))
    values.points[.embeddings] = x
    return x
  }

  public func logits(_ head: ModelHead, of hidden: ValueID, in plan: inout Plan) throws -> ValueID {
    switch head {
    case .causalLM:
      let own = Parameter("lm_head.weight", shape: [vocabularySize, hiddenSize])
      return try plan.linear(hidden, weight: tiesWords ? words : own, bias: nil)
    case .sequenceClassification:
      return try plan.linear(hidden, weight: Parameter("score.weight", shape: [classCount, hiddenSize]), bias: nil)
    case .tokenClassification: return try plan.linear(hidden, name: "classifier", from: hiddenSize, to: classCount)
    case .questionAnswering: return try plan.linear(hidden, name: "qa_outputs", from: hiddenSize, to: 2)
    case .maskedLM: throw ModelError(.unsupported, "GPT-2 has no masked language model")
    }
  }

  private var words: Parameter { Parameter("transformer.wte.weight", shape: [vocabularySize, hiddenSize]) }

  /// What all layers have in common.
  private struct Block {
    let hiddenSize, heads, feedForwardSize: Int
    let activation: ActivationFunction
    let epsilon: Float
    /// Whether scores are divided by the root of the head size, and by the layer's number.
    let scales, scalesByLayer: Bool

    func layer(_ index: Int) -> PreNormLayer {
      let name = "transformer.h.\(index)"
      let headSize = hiddenSize / heads
      let scale = (scales ? 1 / Float(headSize).squareRoot() : 1) / (scalesByLayer ? Float(index + 1) : 1)
      return PreNormLayer(
        attentionNorm: norm("\(name).ln_1"),
        attention: SelfAttention(
          heads: heads, keyValueHeads: heads, headSize: headSize, scale: scale, window: .causal,
          weights: { [hiddenSize] parts in
            let first = parts.contains(.query) ? 0 : parts.contains(.key) ? 1 : 2
            let end = parts.contains(.value) ? 3 : parts.contains(.key) ? 2 : 1
            return Self.linear("\(name).attn.c_attn", hiddenSize, first * hiddenSize..<end * hiddenSize)
          }, output: Self.linear("\(name).attn.c_proj", hiddenSize, 0..<hiddenSize)),
        feedForwardNorm: norm("\(name).ln_2"),
        feedForward: .plain(
          Self.linear("\(name).mlp.c_fc", hiddenSize, 0..<feedForwardSize), activation,
          Self.linear("\(name).mlp.c_proj", feedForwardSize, 0..<hiddenSize)))
    }

    func norm(_ name: String) -> Normalization {
      .layerNorm(
        gamma: Parameter("\(name).weight", shape: [hiddenSize]), beta: Parameter("\(name).bias", shape: [hiddenSize]),
        epsilon: epsilon)
    }

    /// Some outputs of a linear layer.
    private static func linear(_ name: String, _ inputs: Int, _ outputs: Range<Int>) -> LinearWeights {
      LinearWeights(
        weight: Parameter(
          "\(name).weight", shape: [outputs.count, inputs], transform: .transposed(outputs: outputs)),
        bias: Parameter("\(name).bias", shape: [outputs.count], transform: .elements(outputs)))
    }
  }
}
