import SalienceCheckpoints
import SalienceJSON
import SalienceModels
import SalienceTensors
import Testing

/// A decoder of a few thousand weights, which follow from their names.
struct SmallDecoder: Sendable, CustomTestStringConvertible {
  let family: String
  /// H, A, K, D and F.
  let hiddenSize, heads, keyValueHeads, headSize, feedForwardSize: Int
  /// Further keys of config.json.
  let more: String
  private static let vocabularySize = 61
  private static let positions = 64

  var testDescription: String { family }

  /// Windows, shared keys, norms of heads, biases, tied words and heads wider than their share, each somewhere.
  static let all = [
    SmallDecoder("gpt2", 24, heads: 3, keyValueHeads: 3, headSize: 8, 96, ""),
    SmallDecoder("llama", 32, heads: 4, keyValueHeads: 2, headSize: 8, 40, #","attention_bias":true,"mlp_bias":true"#),
    SmallDecoder(
      "qwen2", 32, heads: 4, keyValueHeads: 1, headSize: 8, 40,
      #","use_sliding_window":true,"sliding_window":4,"max_window_layers":1"#),
    SmallDecoder("qwen3", 32, heads: 4, keyValueHeads: 2, headSize: 10, 40, ""),
    SmallDecoder("gemma", 32, heads: 4, keyValueHeads: 4, headSize: 12, 40, #","hidden_act":"gelu""#),
  ]

  private init(
    _ family: String, _ hiddenSize: Int, heads: Int, keyValueHeads: Int, headSize: Int, _ feedForwardSize: Int,
    _ more: String
  ) {
    (self.family, self.hiddenSize, self.heads, self.keyValueHeads) = (family, hiddenSize, heads, keyValueHeads)
    (self.headSize, self.feedForwardSize, self.more) = (headSize, feedForwardSize, more)
  }

  private var configuration: String {
    family == "gpt2"
      ? #"{"model_type":"gpt2","vocab_size":\#(Self.vocabularySize),"n_embd":\#(hiddenSize),"n_layer":2,"#
        + #""n_head":\#(heads),"n_positions":\#(Self.positions)\#(more)}"#
      : #"{"model_type":"\#(family)","vocab_size":\#(Self.vocabularySize),"hidden_size":\#(hiddenSize),"#
        + #""num_hidden_layers":3,"num_attention_heads":\#(heads),"num_key_value_heads":\#(keyValueHeads),"#
        + #""head_dim":\#(headSize),"intermediate_size":\#(feedForwardSize),"#
        + #""max_position_embeddings":\#(Self.positions)\#(more)}"#
  }

  /// The model with one program, its logits, and one decoder; and how it takes ids.
  func prepared(
    on backend: any Backend
  ) async throws -> (model: any PreparedModel, sequence: @Sendable ([Int32]) -> TokenSequence) {
    let architecture = try ModelRegistry.architecture(
      for: ModelConfiguration(json: JSONValue(parsing: configuration)))
    let decoders = try [architecture.decoder()].compactMap { $0 }
    let program = try architecture.program(.causalLM, ProgramSpec(rules: nil))
    let model = try await backend.prepare([program], decoders: decoders, parameters: Weights(model: self))
    return (model, { ids in architecture.sequence(ids: ids, typeIDs: Array(repeating: 0, count: ids.count)) })
  }

  private struct Weights: ParameterSource {
    let model: SmallDecoder

    func shape(of name: String) -> [Int]? {
      let (hidden, inner) = (model.hiddenSize, model.feedForwardSize)
      let (queries, keys) = (model.heads * model.headSize, model.keyValueHeads * model.headSize)
      let sizes: [String: [Int]] = [
        "wte": [SmallDecoder.vocabularySize, hidden], "wpe": [SmallDecoder.positions, hidden],
        "c_attn": [hidden, 3 * hidden], "attn.c_proj": [hidden, hidden], "c_fc": [hidden, inner],
        "mlp.c_proj": [inner, hidden], "embed_tokens": [SmallDecoder.vocabularySize, hidden],
        "lm_head": [SmallDecoder.vocabularySize, hidden], "q_proj": [queries, hidden], "k_proj": [keys, hidden],
        "v_proj": [keys, hidden], "o_proj": [hidden, queries], "gate_proj": [inner, hidden],
        "up_proj": [inner, hidden], "down_proj": [hidden, inner], "q_norm": [model.headSize],
        "k_norm": [model.headSize],
      ]
      let size = sizes.first { name.hasSuffix(".\($0.key).weight") || name == "\($0.key).weight" }?.value
      if name.hasSuffix(".weight") { return size ?? [hidden] }
      let matrix = shape(of: String(name.dropLast("bias".count)) + "weight") ?? []
      // A stored bias has an entry an output: the last axis of GPT-2's matrices, the first of all others'.
      return model.family == "gpt2" ? matrix.suffix(1) : Array(matrix.prefix(1))
    }

    func read(_ name: String, into destination: UnsafeMutableBufferPointer<Float>) throws {
      var state = name.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
      // Norms of about 1; matrices that make attention choose and rows neither grow nor fade.
      let isMatrix = shape(of: name)?.count == 2
      let (mean, scale): (Float, Float) = isMatrix ? (0, 0.4) : (name.hasSuffix("bias") ? 0 : 1, 0.2)
      for index in destination.indices {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        destination[index] = mean + scale * (Float(state >> 40) / Float(1 << 23) - 1)
      }
    }
  }
}
