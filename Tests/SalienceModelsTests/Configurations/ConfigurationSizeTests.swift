import Foundation
import SalienceAttribution
import SalienceCheckpoints
import SalienceJSON
import SalienceModels
import SalienceTensors
import Testing

/// Sizes in config.json against the tensors, before anything is made of them.
@Suite struct ConfigurationSizeTests {
  /// A checkpoint of each family.
  static let folders = [
    "bert-token-classification", "distilbert-token-classification", "roberta-token-classification",
    "xlm-roberta-token-classification", "camembert-masked-lm", "electra-token-classification",
    "albert-token-classification", "gpt2-causal-lm", "llama-causal-lm", "qwen2-sliding-window", "qwen3-causal-lm",
    "gemma-causal-lm", "modernbert-masked-lm", "deberta-v2-token-classification",
  ]

  /// Every key that any family takes for a size.
  static let keys = [
    "hidden_size", "dim", "n_embd", "embedding_size", "num_hidden_layers", "n_layers", "n_layer",
    "num_attention_heads", "n_heads", "n_head", "num_key_value_heads", "head_dim", "intermediate_size", "hidden_dim",
    "n_inner", "max_position_embeddings", "n_positions", "vocab_size", "type_vocab_size", "max_relative_positions",
    "position_buckets", "sliding_window", "local_attention", "num_hidden_groups", "inner_group_num",
    "global_attn_every_n_layers", "num_labels",
  ]

  private func names(_ error: (any Error)?, _ key: String) -> Bool {
    let message = error.map { "\($0)" } ?? ""
    return message.contains(key) || message.contains("sizes in config.json") || message.contains("missing")
      || message.contains("does not read")
  }

  @Test(arguments: folders)
  func noSizeIsBelievedBeforeTheTensorsAreSeen(name: String) throws {
    let folder = try FamilyFolder(name)
    let stated = folder.checkpoint.config.json
    for key in Self.keys where stated[key]?.intValue != nil {
      for value in ["2000000000", "99999999999999999999", "0", "-7", "2.5", "1e30", "true"] {
        // DeBERTa takes 0 for none.
        let isOptional = ["type_vocab_size", "max_relative_positions"].contains(key)
        if value == "0", isOptional, name.hasPrefix("deberta") { continue }
        let changed = try ChangedCheckpoint(name)
        try changed.set(key, to: JSONValue(parsing: Array(value.utf8)))
        let checkpoint = try changed.checkpoint
        let start = ContinuousClock.now
        let error = #expect(throws: (any Error).self, "\(key) \(value)") {
          try AttributionModel.unusedTensors(of: checkpoint, task: folder.task)
        }
        #expect(error is CheckpointError || error is ModelError, "\(key) \(value): \(String(describing: error))")
        #expect(names(error, key), "\(key) \(value): \(String(describing: error))")
        #expect(ContinuousClock.now - start < .seconds(5), "\(key) \(value)")
      }
    }
  }

  /// Sizes that are possible and not those of the tensors.
  @Test(arguments: folders)
  func aSizeThatTheTensorsHaveNotIsRefused(name: String) throws {
    let folder = try FamilyFolder(name)
    let stated = folder.checkpoint.config.json
    let isRotary = ["llama", "qwen", "gemma", "modernbert"].contains(where: name.hasPrefix)
    let isShared = name.hasPrefix("albert")
    let sizes = [
      "hidden_size", "dim", "n_embd", "embedding_size", "num_hidden_layers", "n_layers", "n_layer",
      "intermediate_size", "hidden_dim", "n_inner", "vocab_size", "head_dim", "max_position_embeddings", "n_positions",
      "type_vocab_size",
    ]
    for key in sizes {
      guard let size = stated[key]?.intValue, size > 0 else { continue }
      // Rotary positions have no table, DeBERTa's need none, and ALBERT's layers share their tensors.
      if key == "max_position_embeddings", isRotary || name.hasPrefix("deberta") { continue }
      if key == "num_hidden_layers", isShared { continue }
      for other in [2 * size, size / 2] where other != size && other > 0 {
        let changed = try ChangedCheckpoint(name)
        try changed.set(key, to: .integer(other))
        if key == "num_hidden_layers" { try changed.set("layer_types", to: .null) }
        let checkpoint = try changed.checkpoint
        let error = #expect(throws: (any Error).self, "\(key) \(other)") {
          try AttributionModel.unusedTensors(of: checkpoint, task: folder.task)
        }
        #expect(error is CheckpointError || error is ModelError, "\(key) \(other): \(String(describing: error))")
      }
    }
  }

  @Test func moreLayersThanTheFileHasNameTheMissingTensor() throws {
    let changed = try ChangedCheckpoint("bert-token-classification")
    try changed.set("num_hidden_layers", to: 500)
    let checkpoint = try changed.checkpoint
    let error = #expect(throws: CheckpointError.self) {
      try AttributionModel.unusedTensors(of: checkpoint, task: TaskSettings())
    }
    #expect(error?.tensor?.hasPrefix("bert.encoder.layer.") == true)
    #expect(error?.message.hasPrefix("missing, and ") == true)
  }
}
