/// The four normalization forms of Unicode Standard Annex 15, with the change each scalar means for alignments.
enum UnicodeNormalizationForm: String, Sendable {
  case nfc = "NFC"
  case nfd = "NFD"
  case nfkc = "NFKC"
  case nfkd = "NFKD"

  /// Rewrites `text` into this form.
  func normalize(_ text: inout NormalizedText) {
    if text.isASCII { return }
    let mapping =
      switch self {
      case .nfc, .nfd: ScalarMapping.canonicalDecomposition
      case .nfkc, .nfkd: ScalarMapping.compatibilityDecomposition
      }
    let decomposed = decompose(text, by: mapping)
    switch self {
    case .nfd, .nfkd: text.transform(decomposed)
    case .nfc, .nfkc: text.transform(CanonicalComposition.shared.compose(decomposed))
    }
  }
}

/// Decomposes every scalar and puts runs of combining marks in canonical order.
private func decompose(_ text: NormalizedText, by mapping: ScalarMapping) -> [ScalarChange] {
  let classes = CombiningClasses.shared
  var result: [ScalarChange] = []
  result.reserveCapacity(text.count + text.count / 4)
  var run = 0  // start of the run of marks not yet in order
  var unordered = false
  var lastClass: UInt8 = 0

  func orderRun() {
    guard unordered else { return }
    let marks = result[run...].enumerated().sorted { a, b in
      let left = classes[a.element.scalar]
      let right = classes[b.element.scalar]
      return left != right ? left < right : a.offset < b.offset
    }
    result.replaceSubrange(run..., with: marks.map(\.element))
  }
  func append(_ scalar: UInt32, isFirst: Bool) {
    let own = classes[scalar]
    if own == 0 {
      orderRun()
      run = result.count + 1
      unordered = false
    } else if own < lastClass {
      unordered = true
    }
    lastClass = own
    result.append(ScalarChange(scalar: scalar, change: isFirst ? 0 : 1))
  }

  for element in text.elements {
    let scalar = element.scalar
    if scalar < 0x80 {
      append(scalar, isFirst: true)
    } else if Hangul.isSyllable(scalar) {
      append(Hangul.leading(of: scalar), isFirst: true)
      append(Hangul.vowel(of: scalar), isFirst: false)
      if let trailing = Hangul.trailing(of: scalar) { append(trailing, isFirst: false) }
    } else if let parts = mapping(scalar) {
      for index in parts.indices { append(parts[index], isFirst: index == parts.startIndex) }
    } else {
      append(scalar, isFirst: true)
    }
  }
  orderRun()
  return result
}

/// Arithmetic of Hangul syllables (The Unicode Standard, section 3.12).
enum Hangul {
  static let syllables: Range<UInt32> = 0xAC00..<0xAC00 + 11_172
  static let leadings: Range<UInt32> = 0x1100..<0x1100 + 19
  static let vowels: Range<UInt32> = 0x1161..<0x1161 + 21
  /// Without the position before the first that stands for no trailing consonant.
  static let trailings: Range<UInt32> = 0x11A8..<0x11A8 + 27

  static func isSyllable(_ scalar: UInt32) -> Bool { syllables.contains(scalar) }
  static func leading(of syllable: UInt32) -> UInt32 { 0x1100 + (syllable - 0xAC00) / 588 }
  static func vowel(of syllable: UInt32) -> UInt32 { 0x1161 + (syllable - 0xAC00) % 588 / 28 }

  static func trailing(of syllable: UInt32) -> UInt32? {
    let index = (syllable - 0xAC00) % 28
    return index == 0 ? nil : 0x11A7 + index
  }

  /// The syllable of a leading consonant and a vowel, or of a syllable without trailing consonant and such a one.
  static func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if leadings.contains(first), vowels.contains(second) {
      return 0xAC00 + ((first - 0x1100) * 21 + second - 0x1161) * 28
    }
    if isSyllable(first), (first - 0xAC00) % 28 == 0, trailings.contains(second) {
      return first + second - 0x11A7
    }
    return nil
  }
}
