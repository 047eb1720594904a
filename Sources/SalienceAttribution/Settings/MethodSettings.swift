import SalienceJSON
import SalienceModels

extension Target {
  /// The key `target`: which output of the model is explained.
  static let setting = Setting<Target>(
    "target", fallback: .predicted, fallbackText: "predicted",
    help: "`predicted`, `all`, `label`, a class, token or index, `{contrast: [a, b]}`; for an answer `start`, `end` "
      + "and `maximum`; for a language model `continuation` and `continuation-tokens`",
    read: { try Target(reading: $0, $1) }, encode: { $0.json })
}

extension OutputKind {
  /// The key `output`: whether logits or probabilities are explained.
  static let setting = Setting<OutputKind>.choice(
    "output", fallback: .logit,
    help: "`probability` is the number that the predictions table shows under that name, or a factor of it, and "
      + "`log-probability` its logarithm, for classes and tokens; a contrast is then the difference of two, and a "
      + "regression has none")
}

extension Normalization {
  /// The key `normalize`.
  static func setting(fallback: Normalization) -> Setting<Normalization> {
    .choice("normalize", fallback: fallback, help: "how a text's scores are scaled in the column `normalized`")
  }
}

extension AttributionLayer {
  /// The key `layer`.
  static func setting(fallback: AttributionLayer) -> Setting<AttributionLayer> {
    Setting(
      "layer", values: "`embeddings`, `word-embeddings`, `encoder layer N`", fallback: fallback,
      fallbackText: fallback.description, help: "where scores are taken",
      read: { settings, key in
        guard let text = try settings.string(key) else { return nil }
        if let layer = AttributionLayer(text) { return layer }
        throw settings.fault(key, "must be embeddings, word-embeddings or 'encoder layer N', not '\(text)'")
      },
      encode: { .string($0.description) })
  }
}

extension AttributionLayer {
  /// A layer as pipeline files write it; nil for anything else.
  init?(_ text: String) {
    switch text {
    case "embeddings": self = .embeddings
    case "word-embeddings": self = .wordEmbeddings
    default:
      let words = text.split(separator: " ")
      guard words.count == 3, words[0] == "encoder", words[1] == "layer", let index = Int(words[2]), index >= 0 else {
        return nil
      }
      self = .encoder(index)
    }
  }
}

extension Target {
  /// Reads a target from a user's settings; nil where the key is absent.
  init?(reading settings: any SettingsReader, _ key: String) throws {
    if settings.isMapping(key) {
      let pair = try settings.mapping(key, keys: ["contrast"])?.scalars("contrast") ?? []
      guard pair.count == 2 else { throw settings.fault("\(key).contrast", "must be a list of two classes") }
      self = .contrast(
        try ClassName(pair[0], key: "\(key).contrast", in: settings),
        try ClassName(pair[1], key: "\(key).contrast", in: settings))
      return
    }
    guard let text = try settings.string(key) else { return nil }
    switch text {
    case "predicted": self = .predicted
    case "all": self = .all
    case "label": self = .label
    case "maximum": self = .maximum
    case "continuation": self = .continuation
    case "continuation-tokens": self = .continuationTokens
    default:
      guard let scalar = try settings.scalars(key)?.first else { return nil }
      self = .class(try ClassName(scalar, key: key, in: settings))
    }
  }

  /// As `run.json` shows it.
  var json: JSONValue {
    switch self {
    case .predicted: "predicted"
    case .all: "all"
    case .label: "label"
    case .maximum: "maximum"
    case .continuation: "continuation"
    case .continuationTokens: "continuation-tokens"
    case .class(let name): name.json
    case .contrast(let first, let second): ["contrast": [first.json, second.json]]
    }
  }
}

extension ClassName {
  /// A number without quotes is an index, anything else a name.
  init(_ scalar: SettingScalar, key: String, in settings: any SettingsReader) throws {
    let digits = scalar.text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
    guard scalar.isPlain, !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else {
      self = .name(scalar.text)
      return
    }
    guard let index = Int(scalar.text), (0...Int(Int32.max)).contains(index) else {
      throw settings.fault(
        key, "must be a class's name or its index from 0 to \(Int32.max), not \(scalar.text.prefix(32))", at: scalar)
    }
    self = .index(index)
  }

  /// As `run.json` shows it.
  var json: JSONValue {
    switch self {
    case .name(let name): .string(name)
    case .index(let index): .integer(index)
    }
  }
}
