/// A pre-tokenizer of a tokenizer.json: splits a normalized text into words.
indirect enum PreTokenizer: Sendable {
  case bert
  case whitespace
  case whitespaceSplit
  case punctuation(SplitBehavior)
  case sequence([PreTokenizer])

  init(_ component: ConfigurationComponent) throws(TokenizerError) {
    let type = try component.type()
    switch type {
    case "BertPreTokenizer": self = .bert
    case "Whitespace": self = .whitespace
    case "WhitespaceSplit": self = .whitespaceSplit
    case "Punctuation":
      guard let behavior = component.optional("behavior") else {
        self = .punctuation(.isolated)
        return
      }
      guard let known = SplitBehavior(rawValue: try behavior.string()) else {
        throw behavior.error(.malformed, "unknown behavior")
      }
      self = .punctuation(known)
    case "Sequence":
      var parts: [PreTokenizer] = []
      for element in try component.member("pretokenizers").elements() { parts.append(try PreTokenizer(element)) }
      self = .sequence(parts)
    default:
      throw component.error(.unsupported, "pre-tokenizer '\(type)' is not supported")
    }
  }

  /// Appends to `words` the non-empty words of `range`.
  func split(_ text: NormalizedText, _ range: Range<Int>, into words: inout [Range<Int>]) {
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
    case .sequence(let parts):
      var current = [range]
      for part in parts {
        var next: [Range<Int>] = []
        for word in current { part.split(text, word, into: &next) }
        current = next
      }
      words.append(contentsOf: current)
    }
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
