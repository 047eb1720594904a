import SalienceCheckpoints
import SalienceModels

extension CheckpointError {
  /// Tensors that the model needs and the file lacks.
  init(
    missing names: Set<String>, of checkpoint: Checkpoint, head: ModelHead, family: any Architecture.Type,
    task: TaskSettings
  ) {
    let sorted = names.sorted()
    let others = names.count > 1 ? ", and \(names.count - 1) more" : ""
    var message = "missing\(others): model_type '\(family.modelType)' needs it with \(head.rawValue)"
    if let prefix = Self.prefix(before: sorted, in: checkpoint.parameters.names, base: family.basePrefix) {
      message += "; the file's names begin with '\(prefix)': set tensor_prefix to that"
    } else if task.head == nil, checkpoint.config.architectures.isEmpty {
      message += "; config.json names no architecture: name the task that the model was trained for"
    } else if task.head == nil, let own = checkpoint.config.architectures.first,
      !Self.isClass(own, of: family)
    {
      message +=
        "; where the class '\(own)' names its tensors in its own way, 'tensor_prefix' says what stands before the"
        + " family's names, and 'task' what it was trained for"
    }
    self.init(.invalid, message, file: checkpoint.directory, tensor: sorted.first)
  }

  /// Whether a class is one of transformers' own for a family.
  private static func isClass(_ name: String, of family: any Architecture.Type) -> Bool {
    family.modelTypes.contains { type in name.lowercased().hasPrefix(type.filter { $0 != "-" }) }
  }

  /// What stands before most of the missing names in the file; nil where that is nothing.
  private static func prefix(before missing: [String], in stored: [String], base: String) -> String? {
    var counts: [Substring: Int] = [:]
    let sample = missing.filter { $0.hasPrefix(base) }.prefix(32)
    for name in sample {
      let bare = name.dropFirst(base.count)
      for other in stored where other.hasSuffix(bare) {
        let prefix = other.hasSuffix(name) ? other.dropLast(name.count) : other.dropLast(bare.count)
        if prefix.hasSuffix(".") { counts[prefix, default: 0] += 1 }
      }
    }
    // One among several equal ones is the shortest.
    let best = counts.max { ($0.value, $1.key.count, $1.key) < ($1.value, $0.key.count, $0.key) }
    guard let best, best.value * 2 > sample.count else { return nil }
    return String(best.key)
  }

  /// Tensors that the file has and the model does not read.
  init(surplus names: [String], of checkpoint: Checkpoint, layerCount: Int) {
    let shown = names.prefix(4).map { "'\($0)'" }.joined(separator: ", ")
    let more = names.count > 4 ? " and \(names.count - 4) more" : ""
    var message = "the model as config.json describes it does not read \(shown)\(more)"
    if names.contains(where: { $0.contains("lora_") }) {
      message += "; they are an adapter's: merge it into the weights and save those"
    } else if names.contains(where: Self.isOfQuantization) {
      message += "; they are of a quantized model: take the checkpoint before it was quantized"
    } else if names.contains(where: { Self.layer($0).map { $0 >= layerCount } ?? false }) {
      message += "; config.json says \(layerCount) layers and the file holds more"
    }
    message += "; where the model is right without them, list them in 'allow_unused_tensors'"
    self.init(.invalid, message, file: checkpoint.directory)
  }

  private static func isOfQuantization(_ name: String) -> Bool {
    let last = name.split(separator: ".").last ?? ""
    return ["quant", "scale", "absmax", "zero_point"].contains { last.contains($0) }
      || ["qweight", "qzeros", "g_idx", "SCB"].contains(last)
  }

  /// The number of the layer that a tensor belongs to: the first component that is a number.
  private static func layer(_ name: String) -> Int? { name.split(separator: ".").lazy.compactMap { Int($0) }.first }
}
