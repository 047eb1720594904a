/// Finds added tokens in a text: leftmost first, of those that start together the longest, without overlap.
struct AddedTokenMatcher: Sendable {
  private var trie = ScalarTrie()
  private var tokens: [(token: AddedToken, id: Int32)] = []
  /// The tokens that are passed over where they are found.
  private var ignored: Set<Int> = []
  private var firstASCII: (UInt64, UInt64) = (0, 0)
  private var hasOtherFirst = false

  var isEmpty: Bool { tokens.isEmpty }

  /// Adds a token to look for in the form `pattern`, not empty; of equal patterns the first added counts.
  mutating func add(_ token: AddedToken, id: Int32, pattern: [UInt32]) {
    guard let first = pattern.first else { return }
    if let node = trie.walk(pattern), trie.value(at: node) != nil { return }
    trie.insert(pattern, value: Int32(tokens.count))
    tokens.append((token, id))
    switch first {
    case ..<64: firstASCII.0 |= 1 << UInt64(first)
    case ..<128: firstASCII.1 |= 1 << UInt64(first - 64)
    default: hasOtherFirst = true
    }
  }

  /// Passes over tokens of some contents from now on.
  mutating func ignore(_ isIgnored: (String) -> Bool) {
    ignored = Set(tokens.indices.filter { isIgnored(tokens[$0].token.content) })
  }

  /// A part of a text: an added token, or what stands between two of them.
  struct Part {
    var range: Range<Int>
    var id: Int32?
  }

  /// Cuts `text`, of which nothing is left out, into parts.
  func split(_ text: NormalizedText) -> [Part] {
    guard !isEmpty else { return [Part(range: 0..<text.count, id: nil)] }
    let classes = ScalarClasses.table
    func has(_ member: ScalarClasses, at index: Int) -> Bool { classes[text.elements[index].scalar].contains(member) }
    var parts: [Part] = []
    var covered = 0
    var index = 0
    while let match = nextMatch(text, from: index) {
      index = match.range.upperBound
      if ignored.contains(match.position) { continue }
      var (start, stop) = (match.range.lowerBound, match.range.upperBound)
      let (token, id) = tokens[match.position]
      if token.isSingleWord {
        let joinsLeft = start > 0 && has(.wordCharacter, at: start - 1)
        let joinsRight = stop < text.count && has(.wordCharacter, at: stop)
        if joinsLeft || joinsRight { continue }
      }
      if token.stripsLeft {
        var edge = start
        while edge > covered, has(.whitespace, at: edge - 1) { edge -= 1 }
        start = max(edge, covered)
      }
      if token.stripsRight { while stop < text.count, has(.whitespace, at: stop) { stop += 1 } }
      if covered < start { parts.append(Part(range: covered..<start, id: nil)) }
      parts.append(Part(range: start..<max(start, stop), id: id))
      covered = max(start, stop)
    }
    if covered < text.count { parts.append(Part(range: covered..<text.count, id: nil)) }
    return parts
  }

  private func nextMatch(_ text: NormalizedText, from start: Int) -> (range: Range<Int>, position: Int)? {
    var index = start
    while index < text.count {
      defer { index += 1 }
      let first = text.elements[index].scalar
      let mayStart =
        switch first {
        case ..<64: firstASCII.0 >> UInt64(first) & 1 == 1
        case ..<128: firstASCII.1 >> UInt64(first - 64) & 1 == 1
        default: hasOtherFirst
        }
      guard mayStart else { continue }
      var node = ScalarTrie.root
      var longest: (range: Range<Int>, position: Int)?
      var end = index
      while end < text.count, let next = trie.step(from: node, by: text.elements[end].scalar) {
        end += 1
        node = next
        if let position = trie.value(at: node) { longest = (index..<end, Int(position)) }
      }
      if let longest { return longest }
    }
    return nil
  }
}
