/// A normalizer of a tokenizer.json: rewrites a text before it is split into words.
indirect enum Normalizer: Sendable {
  case bert(BertNormalizer)
  case form(UnicodeNormalizationForm)
  case lowercase
  case stripAccents
  case strip(left: Bool, right: Bool)
  case replace(Pattern, content: [UInt32])
  case prepend([UInt32])
  /// A character map, and where it stands.
  case precompiled(PrecompiledCharacterMap, ConfigurationComponent)
  case nmt
  case byteLevel
  case sequence([Normalizer])

  init(_ component: ConfigurationComponent) throws(TokenizerError) {
    let type = try component.type()
    switch type {
    case "BertNormalizer": self = .bert(try BertNormalizer(component))
    case "NFC": self = .form(.nfc)
    case "NFD": self = .form(.nfd)
    case "NFKC": self = .form(.nfkc)
    case "NFKD": self = .form(.nfkd)
    case "Lowercase": self = .lowercase
    case "StripAccents": self = .stripAccents
    case "Strip": self = .strip(left: try component.bool("strip_left"), right: try component.bool("strip_right"))
    case "Replace":
      self = .replace(
        try Pattern(try component.member("pattern")),
        content: try component.member("content").string().unicodeScalars.map(\.value))
    case "Prepend": self = .prepend(try component.member("prepend").string().unicodeScalars.map(\.value))
    case "Precompiled": self = .precompiled(try PrecompiledCharacterMap(component), component.placeAlone)
    case "Nmt": self = .nmt
    case "ByteLevel": self = .byteLevel
    case "Sequence":
      var parts: [Normalizer] = []
      for element in try component.member("normalizers").elements() { parts.append(try Normalizer(element)) }
      self = .sequence(parts)
    default:
      throw component.error(.unsupported, "normalizer '\(type)' is not supported")
    }
  }

  /// Most scalars that a text of `count` may become by replacements; Unicode's own make at most 18 of one.
  static func limit(count: Int) -> Int { 10_000 + 64 * count }

  /// Rewrites `text`, keeping its alignment with the original.
  ///
  /// - Throws: `TokenizerError` with code `excessiveWork`, naming the replacement, where it takes too many steps or makes
  ///   the text too long.
  func normalize(_ text: inout NormalizedText) throws(TokenizerError) {
    try normalize(&text, limit: Self.limit(count: text.count))
  }

  private func normalize(_ text: inout NormalizedText, limit: Int) throws(TokenizerError) {
    switch self {
    case .bert(let normalizer): normalizer.normalize(&text)
    case .form(let form): form.normalize(&text)
    case .lowercase: text.lowercase()
    case .stripAccents: text.removeAll(.combiningMark)
    case .strip(let left, let right): text.strip(left: left, right: right)
    case .replace(let pattern, let content): try text.replace(pattern, with: content, limit: limit)
    case .prepend(let scalars): text.prepend(scalars)
    case .precompiled(let map, let place):
      guard map.normalize(&text, limit: limit) else {
        throw place.error(.excessiveWork, "makes more than \(limit) characters of this text")
      }
    case .nmt: text.applyNMTRules()
    case .byteLevel: text.writeBytes()
    case .sequence(let parts): for part in parts { try part.normalize(&text, limit: limit) }
    }
  }
}

/// BERT's normalizer: cleaning, spaces around Chinese characters, accent stripping, lowercase; in that order.
struct BertNormalizer: Sendable {
  let cleansText: Bool
  let isolatesChineseCharacters: Bool
  let stripsAccents: Bool
  let lowercases: Bool

  init(_ component: ConfigurationComponent) throws(TokenizerError) {
    cleansText = try component.bool("clean_text")
    isolatesChineseCharacters = try component.bool("handle_chinese_chars")
    lowercases = try component.bool("lowercase")
    stripsAccents = try component.bool("strip_accents", default: lowercases)
  }

  func normalize(_ text: inout NormalizedText) {
    if cleansText { text.clean() }
    let isASCII = text.isASCII
    if isolatesChineseCharacters, !isASCII { text.isolateChineseCharacters() }
    if stripsAccents, !isASCII {
      UnicodeNormalizationForm.nfd.normalize(&text)
      text.removeAll(.nonspacingMark)
    }
    if lowercases { text.lowercase() }
  }
}
