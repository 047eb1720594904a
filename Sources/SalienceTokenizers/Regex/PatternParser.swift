/// Reads the regular expressions of tokenizer.json files: Oniguruma's syntax, as far as those files use it.
///
/// Alternatives, groups (plain, `(?:`, `(?i:`, `(?>`), lookahead, greedy, lazy and possessive repetition, classes with
/// classes inside, `\p{…}` of general categories, `\s \d \w \h` and their opposites, anchors and `\b`. Anything else
/// is refused with its reason.
struct PatternParser {
  struct Failure: Error {
    let reason: String
  }

  var scalars: [UInt32]
  var position = 0
  var ignoresCase = false
  /// How many groups and classes the position lies in.
  private var depth = 0

  static func parse(_ pattern: String) throws(Failure) -> PatternNode {
    var parser = PatternParser(scalars: pattern.unicodeScalars.map(\.value))
    let node = try parser.alternatives()
    guard parser.position == parser.scalars.count else { throw Failure(reason: "unmatched ')'") }
    return node
  }

  private init(scalars: [UInt32]) { self.scalars = scalars }

  var next: UInt32? { position < scalars.count ? scalars[position] : nil }

  /// Steps over `text` if it comes next.
  mutating func take(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard position + count <= scalars.count else { return false }
    for index in 0..<count where scalars[position + index] != UInt32(text.utf8Start[index]) { return false }
    position += count
    return true
  }

  private mutating func alternatives() throws(Failure) -> PatternNode {
    try enter()
    defer { leave() }
    let outerCase = ignoresCase
    defer { ignoresCase = outerCase }
    var branches: [PatternNode] = []
    repeat { branches.append(try sequence()) } while take("|")
    return branches.count == 1 ? branches[0] : .alternatives(branches)
  }

  mutating func enter() throws(Failure) {
    depth += 1
    guard depth <= 64 else { throw Failure(reason: "too many groups or classes inside each other") }
  }

  mutating func leave() { depth -= 1 }

  private mutating func sequence() throws(Failure) -> PatternNode {
    var nodes: [PatternNode] = []
    var lastFolded: UInt32?
    while let scalar = next, scalar != 0x7C, scalar != 0x29 {  // | )
      if take("(?i)") {
        ignoresCase = true
        continue
      }
      let start = position
      let atom = try atom()
      if ignoresCase, position == start + 1 { try refuseFolding(of: lastFolded, with: scalar) }
      lastFolded = ignoresCase && position == start + 1 ? scalar : nil
      nodes.append(try quantified(atom))
    }
    return nodes.count == 1 ? nodes[0] : .sequence(nodes)
  }

  /// Pairs of letters that, case ignored, are also matched by one scalar, such as ß by `ss`.
  private func refuseFolding(of first: UInt32?, with second: UInt32) throws(Failure) {
    guard let first, let a = Unicode.Scalar(first | 0x20), let b = Unicode.Scalar(second | 0x20) else { return }
    if ["ss", "ff", "fi", "fl", "st"].contains("\(a)\(b)") {
      throw Failure(reason: "'\(a)\(b)' where case is ignored, which one scalar matches as well")
    }
  }

  private mutating func atom() throws(Failure) -> PatternNode {
    guard let scalar = next else { throw Failure(reason: "an unfinished pattern") }
    position += 1
    switch scalar {
    case 0x28: return try group()  // (
    case 0x5B: return .set(try characterClass())  // [
    case 0x5C: return try escape()  // \
    case 0x2E: return .set(ScalarSet([.range(0x0A...0x0A)], negated: true))  // .
    case 0x5E: return .startOfLine  // ^
    case 0x24: return .endOfLine  // $
    case 0x2A, 0x2B, 0x3F: throw Failure(reason: "a repetition of nothing")
    default: return .set(try literal(scalar))
    }
  }

  private mutating func group() throws(Failure) -> PatternNode {
    var wrap: (PatternNode) -> PatternNode = { $0 }
    let outerCase = ignoresCase
    if take("?:") {
    } else if take("?i:") {
      ignoresCase = true
    } else if take("?-i:") {
      ignoresCase = false
    } else if take("?=") {
      wrap = { .lookahead($0, negated: false) }
    } else if take("?!") {
      wrap = { .lookahead($0, negated: true) }
    } else if take("?>") {
      wrap = { .atomic($0) }
    } else if next == 0x3F {
      throw Failure(reason: "a group of a kind that is not supported")
    }
    let inner = try alternatives()
    ignoresCase = outerCase
    guard take(")") else { throw Failure(reason: "a group that is not closed") }
    return wrap(inner)
  }

  private mutating func quantified(_ atom: PatternNode) throws(Failure) -> PatternNode {
    var node = atom
    for _ in 0..<8 {
      var bounds: (minimum: Int, maximum: Int?)
      var isInterval = false
      if take("*") {
        bounds = (0, nil)
      } else if take("+") {
        bounds = (1, nil)
      } else if take("?") {
        bounds = (0, 1)
      } else if let interval = interval() {
        bounds = interval
        isInterval = true
      } else {
        return node
      }
      guard bounds.minimum <= 1000, bounds.maximum ?? 0 <= 1000, bounds.minimum <= bounds.maximum ?? .max else {
        throw Failure(reason: "bounds of a repetition that are not supported")
      }
      // After an interval, `+` repeats the repetition instead of making it possessive.
      let greed: PatternNode.Greed = take("?") ? .lazy : !isInterval && take("+") ? .possessive : .greedy
      if isInterval, greed == .lazy, bounds.minimum == bounds.maximum {
        throw Failure(reason: "'{n}?'")
      }
      node = .repeated(node, minimum: bounds.minimum, maximum: bounds.maximum, greed)
    }
    throw Failure(reason: "too many repetitions of one thing")
  }

  /// `{n}`, `{n,}`, `{,m}` or `{n,m}`; anything else after a brace is literal.
  private mutating func interval() -> (minimum: Int, maximum: Int?)? {
    let start = position
    guard take("{") else { return nil }
    let minimum = number()
    var maximum = minimum
    if take(",") { maximum = number() }
    guard take("}"), minimum != nil || maximum != nil else {
      position = start
      return nil
    }
    return (minimum ?? 0, maximum)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let scalar = next, scalar >= 0x30, scalar <= 0x39, value ?? 0 < 100_000 {
      value = (value ?? 0) * 10 + Int(scalar - 0x30)
      position += 1
    }
    return value
  }

  /// The set of one literal scalar, with its other case where that does not count.
  func literal(_ scalar: UInt32) throws(Failure) -> ScalarSet { ScalarSet(try folded(scalar...scalar)) }

  /// The parts of a range of literal scalars, with the other case of each where that does not count.
  func folded(_ range: ClosedRange<UInt32>) throws(Failure) -> [ScalarSet.Part] {
    guard ignoresCase else { return [.range(range)] }
    guard range.upperBound < 0x80 else { throw Failure(reason: "letters beyond ASCII where case is ignored") }
    var parts: [ScalarSet.Part] = [.range(range)]
    for scalar in range {
      let lower = scalar | 0x20
      guard lower >= 0x61, lower <= 0x7A else { continue }
      parts.append(.range(lower...lower))
      parts.append(.range(lower - 0x20...lower - 0x20))
      if lower == 0x73 { parts.append(.range(0x17F...0x17F)) }  // s: long s
      if lower == 0x6B { parts.append(.range(0x212A...0x212A)) }  // k: Kelvin sign
    }
    return parts
  }
}
