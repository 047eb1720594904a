import SalienceJSON
import SalienceTokenizers

/// What stands in the place of what a perturbation method takes out of a text.
public enum Replacement: Sendable, Equatable {
  /// The same token in place of each token, attended like any other.
  case token(Baseline)
  /// Nothing: the text becomes shorter.
  case remove
  /// What a masked language model finds likeliest in the place of the feature's tokens, all of them masked.
  case model

  /// The key `replacement` of a method.
  static let setting = Setting<Replacement?>(
    "replacement", fallback: nil, fallbackText: "the mask token, or `remove` where there is none",
    help: "`remove`, or what each token that is taken out becomes: as `baseline`, or `model`, a masked model's own "
      + "fill",
    read: { settings, key in
      guard let text = try settings.string(key) else { return nil }
      return switch text {
      case "remove": .remove
      case "model": .model
      default: .token(Baseline(text))
      }
    },
    encode: { $0.map { .string($0.text) } ?? nil })

  /// As pipeline files write it.
  var text: String {
    switch self {
    case .token(let baseline): baseline.text
    case .remove: "remove"
    case .model: "model"
    }
  }

  /// The default for a tokenizer: its mask token, or removal where it has none.
  public static func usual(for tokenizer: Tokenizer) -> Replacement {
    tokenizer.maskToken == nil ? .remove : .token(.mask)
  }
}
