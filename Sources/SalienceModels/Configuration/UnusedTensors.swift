import SalienceCheckpoints

/// The tensors of a checkpoint that a model does not read.
public struct UnusedTensors: Sendable, Equatable {
  /// Those that change nothing, which transformers leaves unread too.
  ///
  /// They are buffers, heads of other tasks, poolers that the head does not read, and states of optimizers.
  public let harmless: [String]
  /// Others, which the settings allow.
  public let allowed: [String]
  /// Others, without which the model may be another than the one that was trained.
  public let surplus: [String]

  /// - Parameters:
  ///   - names: of all stored tensors.
  ///   - used: those that the model reads, or that are one with a tensor that it reads.
  ///   - prefix: what a custom checkpoint puts before every name.
  ///   - allowing: patterns of names; `*` stands for any text.
  public init(
    among names: [String], used: Set<String>, by family: any Architecture.Type, prefix: String? = nil,
    allowing patterns: [String] = []
  ) {
    func bare(_ name: String) -> Substring {
      var rest = name[...]
      for part in [prefix ?? "", family.basePrefix] where !part.isEmpty && rest.hasPrefix(part) {
        rest = rest.dropFirst(part.count)
      }
      return rest
    }
    let usedHeads = Set(used.map { Self.head(bare($0)) })
    var (harmless, allowed, surplus) = ([String](), [String](), [String]())
    for name in names where !used.contains(name) {
      let rest = bare(name)
      let isOfOtherHead = Self.heads.contains(Self.head(rest)) && !usedHeads.contains(Self.head(rest))
      if isOfOtherHead || Self.isBuffer(rest) || family.unreadTensors.contains(where: { rest.contains($0) }) {
        harmless.append(name)
      } else if patterns.contains(where: { Self.matches(name[...], $0[...]) }) {
        allowed.append(name)
      } else {
        surplus.append(name)
      }
    }
    (self.harmless, self.allowed, self.surplus) = (harmless, allowed, surplus)
  }

  /// All but the surplus in one line; nil where there are none.
  public var summary: String? {
    func part(_ names: [String], _ kind: String) -> String? {
      guard !names.isEmpty else { return nil }
      let shown = names.prefix(3).joined(separator: ", ") + (names.count > 3 ? ", …" : "")
      return "\(names.count) \(kind) (\(shown))"
    }
    let parts = [part(harmless, "that change nothing"), part(allowed, "by 'allow_unused_tensors'")].compactMap(\.self)
    return parts.isEmpty ? nil : "tensors that are not read: \(parts.joined(separator: "; "))"
  }

  /// Where the tensors of heads and poolers stand, as transformers' classes name them.
  private static let heads: Set = [
    "pooler", "classifier", "pre_classifier", "qa_outputs", "score", "lm_head", "cls.predictions",
    "cls.seq_relationship", "predictions", "sop_classifier", "vocab_transform", "vocab_layer_norm", "vocab_projector",
    "discriminator_predictions", "generator_predictions", "generator_lm_head", "lm_predictions", "mask_predictions",
    "head", "decoder", "multiple_choice_head", "sequence_summary", "loss", "loss_fct", "loss_fn", "criterion",
  ]

  /// The part of a model that a tensor belongs to: the first component of its name; of BERT's `cls` the first two.
  private static func head(_ name: Substring) -> String {
    let parts = name.split(separator: ".")
    return parts.prefix(parts.first == "cls" ? 2 : 1).joined(separator: ".")
  }

  /// Whether it is no weight: what older versions of transformers stored of a module's buffers, and optimizers' states.
  private static func isBuffer(_ name: Substring) -> Bool {
    let last = name.split(separator: ".").last ?? ""
    return ["position_ids", "token_type_ids", "inv_freq", "original_inv_freq", "masked_bias"].contains(last)
      || ["optimizer.", "optimizer_state", "lr_scheduler."].contains(where: name.hasPrefix)
      || ["exp_avg", "exp_avg_sq", "momentum_buffer"].contains(last)
  }

  /// Whether a name is of a pattern's form.
  private static func matches(_ name: Substring, _ pattern: Substring) -> Bool {
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    guard let first = parts.first, let last = parts.last, parts.count > 1 else { return name == pattern }
    guard name.hasPrefix(first), name.hasSuffix(last), name.count >= first.count + last.count else { return false }
    var rest = name.dropFirst(first.count).dropLast(last.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let found = rest.firstRange(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return true
  }
}
