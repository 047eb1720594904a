import SalienceCheckpoints
import SalienceJSON
import SalienceModels
import SalienceTestSupport
import Testing

/// What decoders refuse, by name, and which row their classifiers read.
@Suite struct DecoderConfigurationTests {
  private func architecture(_ family: String, _ more: String) throws -> any Architecture {
    let sizes =
      family == "gpt2"
      ? #""n_embd":24,"n_layer":2,"n_head":3,"n_positions":64"#
      : #""hidden_size":32,"intermediate_size":40,"num_hidden_layers":2,"num_attention_heads":4,"#
        + #""max_position_embeddings":64"#
    let text = #"{"model_type":"\#(family)","vocab_size":61,\#(sizes)\#(more.isEmpty ? "" : ",")\#(more)}"#
    return try ModelRegistry.architecture(for: ModelConfiguration(json: JSONValue(parsing: text)))
  }

  /// A family, a part of its config.json, and why that is refused.
  private static let refused: [(family: String, more: String, message: String)] = [
    ("gpt2", #""add_cross_attention":true"#, "add_cross_attention true is not supported"),
    ("gpt2", #""activation_function":"mish""#, "activation_function 'mish' is not supported"),
    (
      "llama", #""rope_scaling":{"rope_type":"yarn","factor":2}"#,
      "rope_type 'yarn' is not supported; supported are default, linear, llama3"
    ),
    (
      "llama", #""rope_parameters":{"rope_type":"dynamic","factor":2}"#,
      "rope_type 'dynamic' is not supported; supported are default, linear, llama3"
    ),
    (
      "qwen3", #""rope_parameters":{"full_attention":{"rope_theta":1e4}}"#,
      "rope_parameters that differ between layers are not supported"
    ),
    ("llama", #""partial_rotary_factor":0.5"#, "partial_rotary_factor 0.5 is not supported"),
    ("llama", #""num_key_value_heads":3"#, "4 heads cannot share 3 heads of keys and values"),
    ("llama", #""head_dim":7"#, "rotary positions need heads of an even size and a rope_theta above 0"),
    (
      "qwen2", #""use_sliding_window":true,"sliding_window":4,"layer_types":["full_attention","chunked"]"#,
      "layer type 'chunked' is not supported"
    ),
    (
      "qwen2", #""use_sliding_window":true,"sliding_window":4,"layer_types":["full_attention"]"#,
      "layer_types must name each of the 2 layers"
    ),
    ("gemma", #""use_bidirectional_attention":true"#, "use_bidirectional_attention true is not supported"),
  ]

  @Test(arguments: refused.map { Named("\($0.family): \($0.message)", $0) })
  func whatChangesTheModelIsRefused(named: Named<(family: String, more: String, message: String)>) {
    let (family, more, message) = named.value
    let error = #expect(throws: ModelError.self) { _ = try architecture(family, more) }
    #expect(error?.message == message)
  }

  @Test func headsThatAFamilyLacksAreRefused() throws {
    let llama = try architecture("llama", "")
    #expect(throws: ModelError.self) { _ = try llama.graph(.maskedLM) }
    #expect(throws: ModelError.self) { _ = try llama.graph(.questionAnswering) }
    #expect(throws: ModelError.self) { _ = try architecture("gpt2", "").graph(.maskedLM) }
  }

  /// transformers' rule: the rightmost token that is not padding, the first where all are, the last without padding.
  @Test(
    arguments: [
      ("", [3, 5, 5], 2), (#""pad_token_id":5"#, [3, 4, 5, 5], 1), (#""pad_token_id":5"#, [5, 3, 5, 4], 3),
      (#""pad_token_id":5"#, [5, 5], 0), (#""pad_token_id":-1"#, [3, 5, 5], 2), (#""pad_token_id":null"#, [5, 5], 1),
    ] as [(String, [Int32], Int)])
  func classifiersReadTheLastToken(more: String, ids: [Int32], row: Int) throws {
    for family in ["gpt2", "llama"] {
      let sequence = try architecture(family, more).sequence(ids: ids, typeIDs: ids)
      #expect(sequence.selectedRow == row)
      #expect(sequence.positionIDs == Array(0..<Int32(ids.count)))
    }
  }
}
