/// What a text is searched for: a literal or a regular expression of a tokenizer.json.
///
/// A regular expression is matched over Unicode scalars as Oniguruma does it: leftmost, alternatives in order.
struct Pattern: Sendable {
  /// The alternatives of a regular expression, in order.
  private let programs: [PatternProgram]
  /// For each ASCII scalar, and in the last place for all others, the programs that a match from there on may take.
  private let candidates: [[Int]]
  /// A literal, looked for without a program.
  private let literal: [UInt32]?
  /// Where the pattern stands, for messages.
  private let place: ConfigurationComponent

  /// Reads the member `{"String": …}` or `{"Regex": …}` of a component.
  init(_ component: ConfigurationComponent) throws(TokenizerError) {
    if let literal = component.optional("String") {
      let text = try literal.string()
      guard !text.isEmpty else { throw literal.error(.unsupported, "an empty pattern is not supported") }
      self.init(literal: text, in: literal)
    } else {
      let regex = try component.member("Regex")
      try self.init(regex: try regex.string(), in: regex)
    }
  }

  init(literal: String, in component: ConfigurationComponent) {
    place = component.placeAlone
    self.literal = literal.unicodeScalars.map(\.value)
    programs = []
    candidates = []
  }

  init(regex: String, in component: ConfigurationComponent) throws(TokenizerError) {
    do {
      let node = try PatternParser.parse(regex)
      var programs: [PatternProgram] = []
      if case .alternatives(let nodes) = node {
        for node in nodes { programs.append(try PatternProgram(node)) }
      } else {
        programs = [try PatternProgram(node)]
      }
      self.programs = programs
    } catch {
      throw component.error(.unsupported, "the pattern '\(regex)' has \(error.reason), which is not supported")
    }
    literal = nil
    place = component.placeAlone
    candidates = (UInt32(0)...128).map { [programs] scalar in
      programs.indices.filter { scalar == 128 || programs[$0].firstSet?.contains(scalar) ?? true }
    }
  }

  /// A part of a text: a match or what stands between two of them.
  typealias Match = (range: Range<Int>, isMatch: Bool)

  /// Cuts `range` into matches and what stands between them; nothing is left out.
  func matches(_ text: NormalizedText, _ range: Range<Int>) throws(TokenizerError) -> [Match] {
    var result: [Match] = []
    var covered = range.lowerBound
    try forEachMatch(text, range) { (match) throws(TokenizerError) in
      if covered < match.lowerBound { result.append((covered..<match.lowerBound, false)) }
      result.append((match, true))
      covered = match.upperBound
    }
    if covered < range.upperBound { result.append((covered..<range.upperBound, false)) }
    return result
  }

  /// - Throws: `TokenizerError` with code `excessiveWork` where matching takes too many steps; what `body` throws.
  func forEachMatch(
    _ text: NormalizedText, _ range: Range<Int>, _ body: (Range<Int>) throws(TokenizerError) -> Void
  ) throws(TokenizerError) {
    guard !range.isEmpty else { return }
    try text.elements.withUnsafeBufferPointer { (elements) throws(TokenizerError) in
      if let literal {
        try Self.forEachOccurrence(of: literal, elements, range, body)
      } else {
        try forEachMatch(elements, range, body)
      }
    }
  }

  /// An error about what the pattern did to a text.
  func excess(_ message: String) -> TokenizerError {
    place.error(.excessiveWork, message)
  }

  private func forEachMatch(
    _ elements: UnsafeBufferPointer<NormalizedText.Element>, _ range: Range<Int>,
    _ body: (Range<Int>) throws(TokenizerError) -> Void
  ) throws(TokenizerError) {
    var matcher = PatternMatcher(elements, range)
    var position = range.lowerBound
    var lastEnd: Int?
    while position <= range.upperBound {
      let scalar = position < range.upperBound ? elements[position].scalar : 128
      var end: Int?
      for candidate in candidates[Int(min(scalar, 128))] {
        end = matcher.match(programs[candidate], at: position)
        if end != nil { break }
      }
      if matcher.isExhausted {
        throw excess("takes more than \(PatternMatcher.limit(count: range.count)) steps on this text")
      }
      guard let end, end > position || end != lastEnd else {
        position += 1
        continue
      }
      try body(position..<end)
      lastEnd = end
      position = end
    }
  }

  private static func forEachOccurrence(
    of literal: [UInt32], _ elements: UnsafeBufferPointer<NormalizedText.Element>, _ range: Range<Int>,
    _ body: (Range<Int>) throws(TokenizerError) -> Void
  ) throws(TokenizerError) {
    guard let first = literal.first else { return }
    var position = range.lowerBound
    while position + literal.count <= range.upperBound {
      if elements[position].scalar == first,
        literal.indices.allSatisfy({ elements[position + $0].scalar == literal[$0] })
      {
        try body(position..<position + literal.count)
        position += literal.count
      } else {
        position += 1
      }
    }
  }
}
