import SalienceCheckpoints
import SalienceJSON
import SalienceModels
import SalienceTensors
import SalienceTestSupport
import Testing

/// What encoders refuse, by name, and the positions that they give tokens.
@Suite struct EncoderConfigurationTests {
  private func architecture(_ family: String, _ more: String = "") throws -> any Architecture {
    let text =
      #"{"model_type":"\#(family)","vocab_size":61,"hidden_size":32,"intermediate_size":40,"num_hidden_layers":2,"#
      + #""num_attention_heads":4,"max_position_embeddings":64"#
      + (family == "deberta-v2" || family == "modernbert" ? "" : #","embedding_size":16,"type_vocab_size":2"#)
      + (more.isEmpty ? "}" : ",\(more)}")
    return try ModelRegistry.architecture(for: ModelConfiguration(json: JSONValue(parsing: text)))
  }

  /// A family, a part of its config.json, and why that is refused.
  private static let refused: [(family: String, more: String, message: String)] = [
    ("bert", #""is_decoder":true"#, "is_decoder true is not supported with model_type 'bert'"),
    ("xlm-roberta", #""is_decoder":true"#, "is_decoder true is not supported with model_type 'xlm-roberta'"),
    (
      "roberta", #""position_embedding_type":"relative_key""#,
      "position_embedding_type 'relative_key' is not supported"
    ),
    ("roberta", #""pad_token_id":63"#, "pad_token_id 63 leaves no room among 64 positions and 61 words"),
    ("electra", #""hidden_act":"mish""#, "hidden_act 'mish' is not supported"),
    ("albert", #""num_hidden_groups":3"#, "2 layers cannot run in num_hidden_groups 3 of inner_group_num 1"),
    ("deberta-v2", #""conv_kernel_size":3"#, "conv_kernel_size above 0 is not supported"),
    ("deberta-v2", #""pos_att_type":"c2p|p2p""#, "pos_att_type 'p2p' is not supported"),
    ("deberta-v2", #""norm_rel_ebd":"batch_norm""#, "norm_rel_ebd 'batch_norm' is not supported"),
    ("deberta-v2", #""attention_head_size":16"#, "attention_head_size other than 8 is not supported"),
    ("deberta-v2", #""pooler_hidden_size":16"#, "pooler_hidden_size other than 32 is not supported"),
    ("deberta-v2", #""position_buckets":128"#, "position_buckets 128 do not reach max_relative_positions 64"),
    ("modernbert", #""classifier_pooling":"max""#, "classifier_pooling 'max' is not supported"),
    ("modernbert", #""head_dim":16"#, "head_dim other than 8 is not supported"),
    (
      "modernbert", #""rope_scaling":{"rope_type":"yarn"}"#,
      "rope_scaling is not supported with model_type 'modernbert'"
    ),
    (
      "modernbert", #""rope_parameters":{"full_attention":{"rope_type":"yarn"}}"#,
      "rope_type 'yarn' is not supported with model_type 'modernbert'"
    ),
    (
      "modernbert", #""layer_types":["full_attention"]"#,
      "layer_types must name full_attention or sliding_attention for each of 2 layers"
    ),
  ]

  @Test(arguments: refused.map { Named("\($0.family): \($0.message)", $0) })
  func whatChangesTheModelIsRefused(named: Named<(family: String, more: String, message: String)>) throws {
    let (family, more, message) = named.value
    _ = try architecture(family)
    let error = #expect(throws: ModelError.self) { _ = try architecture(family, more) }
    #expect(error?.message == message)
  }

  @Test func aLocalRotaryBaseOfNullIsTheGlobalOne() throws {
    func rotations(_ bases: String) throws -> [String] {
      try architecture("modernbert", bases).graph(.maskedLM).plan.instructions.map { "\($0.operation)" }
        .filter { $0.contains("frequencies") }
    }
    let stated = try rotations(#""global_rope_theta":500.0,"local_rope_theta":500.0"#)
    #expect(stated.count >= 2)
    #expect(try rotations(#""global_rope_theta":500.0,"local_rope_theta":null"#) == stated)
    #expect(try rotations(#""global_rope_theta":500.0"#) != stated)
  }

  private func refusal(_ text: String) throws -> String? {
    let configuration = try ModelConfiguration(json: JSONValue(parsing: text))
    return #expect(throws: ModelError.self) { _ = try ModelRegistry.architecture(for: configuration) }?.message
  }

  @Test func otherFamiliesAreRefusedWithTheNamesOfThoseThereAre() throws {
    let message = try #require(try refusal(#"{"model_type":"gemma2"}"#))
    #expect(message.hasPrefix("model_type 'gemma2' is not supported; supported are bert, distilbert, roberta"))
    let own = try #require(try refusal(#"{"model_type":"nomic_bert","auto_map":{"AutoModel":"a.B"}}"#))
    #expect(own.hasPrefix("model_type 'nomic_bert' is not supported, and the checkpoint's own code is never run; "))
  }

  @Test func quantizedWeightsAreRefused() throws {
    let text = #"{"model_type":"llama","quantization_config":{"quant_method":"gptq","bits":4}}"#
    let message = try refusal(text)
    #expect(message == "quantization_config of 'gptq' is not supported: take the checkpoint before it was quantized")
  }

  /// What BERT and ALBERT were trained as holds a masked language model; ELECTRA's discriminator has none.
  @Test func theHeadIsThatOfTheArchitecture() throws {
    func head(_ names: String) throws -> ModelHead {
      try ModelHead(of: ModelConfiguration(json: JSONValue(parsing: #"{"architectures":\#(names)}"#)))
    }
    #expect(try head(#"["BertForPreTraining"]"#) == .maskedLM)
    #expect(try head(#"["AlbertForPreTraining"]"#) == .maskedLM)
    #expect(try head(#"["GPT2LMHeadModel"]"#) == .causalLM)
    #expect(try head("null") == .sequenceClassification)
    for name in ["ElectraForPreTraining", "BertModel"] {
      let error = #expect(throws: ModelError.self) { _ = try head(#"["\#(name)"]"#) }
      #expect(error?.message.hasPrefix("architecture '\(name)' has no head that is supported; ") == true)
    }
  }

  /// As `create_position_ids_from_input_ids`: padding keeps its own position, wherever it stands.
  @Test func positionsOfRoBERTaFollowPadding() throws {
    let roberta = try architecture("roberta")
    let sequence = roberta.sequence(ids: [0, 9, 1, 8, 1, 2], typeIDs: [0, 0, 0, 1, 1, 1])
    #expect(sequence.positionIDs == [2, 3, 1, 4, 1, 5])
    #expect(sequence.typeIDs == [0, 0, 0, 1, 1, 1])
    #expect(roberta.maximumLength == 62)
  }

  /// Values of `make_log_bucket_position` in transformers, moved by the span and kept inside the table.
  private static let far: [(count: Int, furthest: Int, offsets: [Int], buckets: [Int])] = [
    (
      256, 512, [0, 1, -1, 127, 128, -128, 129, 130, -200, 255, 256, 300, -400, 510, 511, -511],
      [0, 1, -1, 127, 128, -128, 129, 130, -169, 192, 192, 207, -233, 255, 255, -255]
    ),
    (16, 128, [0, 7, 8, 9, -9, 12, 20, 40, -63, 64, 100, 127], [0, 7, 8, 9, -9, 10, 11, 13, -14, 14, 15, 15]),
  ]

  @Test(arguments: far.map { Named("\($0.count) buckets, furthest \($0.furthest)", $0) })
  func farOffsetsShareBuckets(named: Named<(count: Int, furthest: Int, offsets: [Int], buckets: [Int])>) {
    let (count, furthest, offsets, buckets) = named.value
    let rows = RelativeBuckets(count: count, furthest: furthest)
    #expect(offsets.map { rows.row($0) - count } == buckets)
  }

  @Test func withoutBucketsOffsetsEndAtTheTable() {
    let rows = RelativeBuckets(count: nil, furthest: 4)
    #expect([-9, -4, -3, 0, 3, 4].map(rows.row) == [0, 0, 1, 4, 7, 7])
  }
}
