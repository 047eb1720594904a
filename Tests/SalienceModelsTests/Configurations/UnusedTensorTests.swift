import Foundation
import SalienceAttribution
import SalienceCheckpoints
import SalienceJSON
import SalienceModels
import Testing

/// Tensors in a checkpoint's file that its model does not read.
@Suite struct UnusedTensorTests {
  private func refusal(_ changed: ChangedCheckpoint, _ task: TaskSettings = TaskSettings()) throws -> CheckpointError {
    let checkpoint = try changed.checkpoint
    return try #require(
      #expect(throws: CheckpointError.self) { try AttributionModel.unusedTensors(of: checkpoint, task: task) })
  }

  @Test(arguments: [
    ("bert-token-classification", "num_hidden_layers"), ("distilbert-token-classification", "n_layers"),
    ("gpt2-causal-lm", "n_layer"), ("llama-causal-lm", "num_hidden_layers"),
    ("modernbert-masked-lm", "num_hidden_layers"), ("deberta-v2-token-classification", "num_hidden_layers"),
  ])
  func layersBeyondThoseOfTheConfigurationAreRefused(name: String, key: String) throws {
    let changed = try ChangedCheckpoint(name)
    try changed.set(key, to: 1)
    try changed.set("layer_types", to: .null)
    let error = try refusal(changed)
    #expect(error.code == .invalid && error.file == changed.path)
    #expect(error.message.contains("config.json says 1 layers and the file holds more"), "\(error)")
    #expect(error.message.contains("allow_unused_tensors"))
    let allowed = try AttributionModel.unusedTensors(
      of: changed.checkpoint, task: TaskSettings(allowedTensors: ["*"]))
    #expect(allowed.allowed.isEmpty == false && allowed.surplus.isEmpty)
  }

  @Test(arguments: [
    ("bert.encoder.layer.0.attention.self.query.lora_A.default.weight", "merge it"),
    ("base_model.model.bert.encoder.layer.0.output.dense.lora_B.weight", "merge it"),
    ("bert.encoder.layer.0.output.dense.weight_scale", "quantized"),
    ("bert.encoder.layer.0.output.dense.SCB", "quantized"),
    ("bert.encoder.layer.0.output.dense.qweight", "quantized"),
    ("bert.encoder.layer.0.adapter.down.weight", "allow_unused_tensors"),
    ("classifier.extra.weight", "allow_unused_tensors"), ("projection.weight", "allow_unused_tensors"),
  ])
  func weightsThatMayChangeTheAnswerAreRefused(tensor: String, words: String) throws {
    let changed = try ChangedCheckpoint("bert-token-classification")
    try changed.change(adding: [tensor])
    let error = try refusal(changed)
    #expect(error.message.contains("'\(tensor)'") && error.message.contains(words), "\(error)")
    for pattern in [tensor, "*", "\(tensor.prefix(4))*\(tensor.suffix(3))"] {
      let unused = try AttributionModel.unusedTensors(
        of: changed.checkpoint, task: TaskSettings(allowedTensors: [pattern]))
      #expect(unused.allowed == [tensor])
    }
    #expect(throws: CheckpointError.self) {
      try AttributionModel.unusedTensors(of: changed.checkpoint, task: TaskSettings(allowedTensors: ["other*"]))
    }
  }

  /// What transformers leaves unread too without a change to the answer.
  @Test func harmlessTensorsAreListed() throws {
    let changed = try ChangedCheckpoint("bert-token-classification")
    let harmless = [
      "bert.embeddings.position_ids", "bert.embeddings.token_type_ids", "bert.pooler.dense.bias",
      "bert.pooler.dense.weight", "cls.predictions.bias", "cls.predictions.decoder.weight",
      "cls.seq_relationship.weight", "loss_fct.weight", "optimizer.state.0.exp_avg", "qa_outputs.weight",
      "rotary_emb.inv_freq",
    ]
    try changed.change(adding: harmless)
    let unused = try AttributionModel.unusedTensors(of: changed.checkpoint, task: TaskSettings())
    #expect(unused.harmless == harmless)
    #expect(unused.summary?.hasPrefix("tensors that are not read: 11 that change nothing (") == true)
    let gpt2 = try ChangedCheckpoint("gpt2-causal-lm")
    try gpt2.change(adding: ["transformer.h.0.attn.bias", "transformer.h.0.attn.masked_bias"])
    #expect(try AttributionModel.unusedTensors(of: gpt2.checkpoint, task: TaskSettings()).harmless.count == 2)
  }

  @Test(arguments: FamilyFolder.names)
  func fixturesHaveNoneThatMayChangeTheAnswer(name: String) throws {
    let folder = try FamilyFolder(name)
    #expect(try AttributionModel.unusedTensors(of: folder.checkpoint, task: folder.task).surplus.isEmpty)
  }

  @Test func aPrefixIsTakenOffBeforeTensorsAreJudged() throws {
    let changed = try ChangedCheckpoint("bert-token-classification")
    try changed.change(adding: ["bert.pooler.dense.bias", "bert.other.weight"]) { "module.\($0)" }
    let missing = try refusal(changed)
    #expect(missing.message.hasSuffix("the file's names begin with 'module.': set tensor_prefix to that"), "\(missing)")
    // Names of added tensors are as they stand.
    let task = TaskSettings(tensorPrefix: "module.", allowedTensors: ["bert.other.*"])
    let unused = try AttributionModel.unusedTensors(of: changed.checkpoint, task: task)
    #expect(unused.harmless == ["bert.pooler.dense.bias"] && unused.allowed == ["bert.other.weight"])
  }

  @Test(arguments: ["_orig_mod.", "module.", "model.encoder.", "net._orig_mod."])
  func aPrefixOfAllNamesIsHintedAt(prefix: String) throws {
    for name in ["bert-token-classification", "gpt2-sequence-classification"] {
      let changed = try ChangedCheckpoint(name)
      try changed.change { "\(prefix)\($0)" }
      let message = try refusal(changed).message
      #expect(message.hasSuffix("the file's names begin with '\(prefix)': set tensor_prefix to that"), "\(message)")
      let task = TaskSettings(tensorPrefix: prefix)
      #expect(throws: Never.self) { try AttributionModel.unusedTensors(of: changed.checkpoint, task: task) }
    }
  }

  @Test func anOwnClassIsToldOfTaskAndPrefix() throws {
    let changed = try ChangedCheckpoint("bert-token-classification")
    try changed.set("architectures", to: ["MyTagger"])
    let checkpoint = try changed.checkpoint
    let unknown = #expect(throws: ModelError.self) {
      try AttributionModel.unusedTensors(of: checkpoint, task: TaskSettings())
    }
    #expect(unknown?.message.contains("'task'") == true && unknown?.message.contains("'tensor_prefix'") == true)
    try changed.set("architectures", to: ["MyForTokenClassification"])
    try changed.change { $0.replacingOccurrences(of: "classifier", with: "tagger") }
    let missing = try refusal(changed)
    #expect(missing.tensor == "classifier.bias" && missing.message.contains("the class 'MyForTokenClassification'"))
  }
}
