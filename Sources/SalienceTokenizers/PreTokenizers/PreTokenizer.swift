/// A text and the words it is cut into, in order and without overlap; what stands between them is left out.
struct PreTokenizedText: Sendable {
  var text: NormalizedText
  /// Not empty.
  var words: [Range<Int>]
}

/// A pre-tokenizer of a tokenizer.json: splits a normalized text into words.
indirect enum PreTokenizer: Sendable {
  case bert
  case whitespace
  case whitespaceSplit
  case punctuation(SplitBehavior)
  case digits(individual: Bool)
  case delimiter(UInt32)
  case fixedLength(Int)
  case unicodeScripts
  case split(Pattern, SplitBehavior, inverted: Bool)
  case byteLevel(ByteLevelPreTokenizer)
  case metaspace(Metaspace)
  case sequence([PreTokenizer])

  init(_ component: ConfigurationComponent) throws(TokenizerError) {
    let type = try component.type()
    switch type {
    case "BertPreTokenizer": self = .bert
    case "Whitespace": self = .whitespace
    case "WhitespaceSplit": self = .whitespaceSplit
    case "Punctuation":
      if let behavior = component.optional("behavior") {
        self = .punctuation(try SplitBehavior(behavior))
      } else {
        self = .punctuation(.isolated)
      }
    case "Digits": self = .digits(individual: try component.bool("individual_digits"))
    case "CharDelimiterSplit": self = .delimiter(try component.member("delimiter").scalar())
    case "FixedLength":
      let length = try component.optional("length")?.index() ?? 5
      guard length > 0 else { throw component.error(.malformed, "a length of at least 1 is needed") }
      self = .fixedLength(Int(length))
    case "UnicodeScripts": self = .unicodeScripts
    case "Split":
      self = .split(
        try Pattern(try component.member("pattern")), try SplitBehavior(try component.member("behavior")),
        inverted: try component.bool("invert"))
    case "ByteLevel": self = .byteLevel(try ByteLevelPreTokenizer(component))
    case "Metaspace": self = .metaspace(try Metaspace(component))
    case "Sequence":
      var parts: [PreTokenizer] = []
      for element in try component.member("pretokenizers").elements() { parts.append(try PreTokenizer(element)) }
      self = .sequence(parts)
    default:
      throw component.error(.unsupported, "pre-tokenizer '\(type)' is not supported")
    }
  }

  /// Splits every word further.
  ///
  /// - Throws: `TokenizerError` with code `excessiveWork`, naming the pattern that takes too many steps.
  func apply(to text: inout PreTokenizedText) throws(TokenizerError) {
    switch self {
    case .byteLevel(let byteLevel): try byteLevel.apply(to: &text)
    case .metaspace(let metaspace): metaspace.apply(to: &text)
    case .sequence(let parts): for part in parts { try part.apply(to: &text) }
    default:
      var words: [Range<Int>] = []
      words.reserveCapacity(text.words.count)
      for word in text.words { try split(text.text, word, into: &words) }
      text.words = words
    }
  }

  /// Appends to `words` the non-empty words of `range`, for those pre-tokenizers that leave the text as it is.
  private func split(
    _ text: NormalizedText, _ range: Range<Int>, into words: inout [Range<Int>]
  ) throws(TokenizerError) {
    let classes = ScalarClasses.table
    switch self {
    case .bert:
      Self.splitRuns(text, range, into: &words) { scalar in
        let own = classes[scalar]
        return own.contains(.whitespace) ? .dropped : own.contains(.punctuation) ? .alone : .run(0)
      }
    case .whitespace:
      Self.splitRuns(text, range, into: &words) { scalar in
        let own = classes[scalar]
        return own.contains(.wordCharacter) ? .run(0) : own.contains(.whitespace) ? .dropped : .run(1)
      }
    case .whitespaceSplit:
      Self.splitRuns(text, range, into: &words) { classes[$0].contains(.whitespace) ? .dropped : .run(0) }
    case .punctuation(let behavior):
      behavior.split(text, range, into: &words) { classes[$0].contains(.punctuation) }
    case .digits(let individual):
      let behavior: SplitBehavior = individual ? .isolated : .contiguous
      behavior.split(text, range, into: &words) { classes[$0].contains(.numeric) }
    case .delimiter(let delimiter):
      SplitBehavior.removed.split(text, range, into: &words) { $0 == delimiter }
    case .fixedLength(let length):
      for start in stride(from: range.lowerBound, to: range.upperBound, by: length) {
        words.append(start..<min(start + length, range.upperBound))
      }
    case .unicodeScripts: Self.splitScripts(text, range, into: &words)
    case .split(let pattern, let behavior, let inverted):
      var matches = try pattern.matches(text, range)
      if inverted { for index in matches.indices { matches[index].isMatch.toggle() } }
      behavior.split(matches, into: &words)
    case .byteLevel, .metaspace, .sequence: words.append(range)
    }
  }

  /// Splits where the script changes; Hiragana and Katakana count as Han, and a space as any script.
  ///
  /// What stands before the first scalar of some script is dropped, as in Hugging Face `tokenizers`.
  private static func splitScripts(_ text: NormalizedText, _ range: Range<Int>, into words: inout [Range<Int>]) {
    let scripts = Scripts.table
    var start: Int?
    var last: UInt8 = 0
    for index in range {
      let script = scripts[text.elements[index].scalar]
      guard script != 0 else { continue }
      if script != last {
        if let start { words.append(start..<index) }
        start = index
      }
      last = script
    }
    if let start { words.append(start..<range.upperBound) }
  }

  /// What a scalar does to the word it stands in.
  private enum Role: Equatable {
    case dropped
    /// A word of its own.
    case alone
    /// Part of a run of scalars of one kind.
    case run(UInt8)
  }

  @inline(__always)
  private static func splitRuns(
    _ text: NormalizedText, _ range: Range<Int>, into words: inout [Range<Int>], role: (UInt32) -> Role
  ) {
    var start = range.lowerBound
    var current = Role.dropped
    for index in range {
      let next = role(text.elements[index].scalar)
      if next != current || next == .alone {
        if current != .dropped { words.append(start..<index) }
        start = index
        current = next
      }
    }
    if current != .dropped, start < range.upperBound { words.append(start..<range.upperBound) }
  }
}
