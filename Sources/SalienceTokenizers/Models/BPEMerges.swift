import SalienceJSON

/// The merges of a byte-pair encoding: which pairs of tokens are joined, in which order, to which token.
struct BPEMerges: Sendable {
  /// A token on its way through the merges, and how many bytes of the word it stands for.
  struct Symbol: Sendable {
    var entry: Int32
    var byteCount: Int32
  }

  /// Pairs by open addressing: the two entries in one word, or `empty`.
  private var keys: [UInt64]
  private var ranks: [Int32]
  /// The token that the merge of each rank makes.
  private var results: [Int32] = []

  /// What meets where two tokens are joined: the last scalar of the first, the first scalar of the second.
  private var seams = ScalarPairSet()

  private static let empty = UInt64.max
  /// Up to this many symbols the best pair is looked for anew each time; beyond, pairs wait in a heap.
  private static let longestScanned = 48

  /// Reads an array of `"a b"` or `["a", "b"]`.
  /// - Parameter prefixCount: scalars of the second token that the joined one leaves out.
  init(
    _ component: ConfigurationComponent, vocabulary: Vocabulary, prefixCount: Int
  ) throws(TokenizerError) {
    guard let lines = component.value.arrayValue else { throw component.error(.malformed, "expected an array") }
    guard lines.count < Int32.max / 4 else { throw component.error(.unsupported, "too many merges") }
    var capacity = 16
    while capacity < lines.count * 2 { capacity *= 2 }
    keys = [UInt64](repeating: Self.empty, count: capacity)
    ranks = [Int32](repeating: 0, count: capacity)
    results.reserveCapacity(lines.count)
    for (position, line) in lines.enumerated() {
      if let text = line.stringValue, text.hasPrefix("#version") { continue }
      guard let (first, second) = Self.pair(line) else {
        throw component.error(.malformed, "entry \(position) is no pair of tokens")
      }
      let joined = first + second.dropFirst(prefixCount)
      guard let a = vocabulary.entry(of: first), let b = vocabulary.entry(of: second),
        let result = vocabulary.entry(of: joined)
      else { throw component.error(.malformed, "entry \(position) joins tokens that the vocabulary lacks") }
      insert(Self.key(a, b), rank: Int32(results.count))
      results.append(result)
      if let last = first.last, let start = second.dropFirst(prefixCount).first { seams.insert(last, start) }
    }
  }

  /// Whether some merge joins a token that ends in `a` with one that starts with `b`.
  @inline(__always)
  func joins(_ a: UInt32, _ b: UInt32) -> Bool { seams.contains(a, b) }

  /// The two tokens of an entry.
  private static func pair(_ line: JSONValue) -> (first: [UInt32], second: [UInt32])? {
    if let text = line.stringValue {
      let parts = text.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false)
      guard parts.count == 2 else { return nil }
      return (parts[0].map(\.value), parts[1].map(\.value))
    }
    guard let parts = line.arrayValue, parts.count == 2, let first = parts[0].stringValue,
      let second = parts[1].stringValue
    else { return nil }
    return (first.unicodeScalars.map(\.value), second.unicodeScalars.map(\.value))
  }

  private mutating func insert(_ key: UInt64, rank: Int32) {
    var slot = Self.slot(key, keys.count)
    while keys[slot] != Self.empty, keys[slot] != key { slot = (slot + 1) & (keys.count - 1) }
    keys[slot] = key
    ranks[slot] = rank  // of equal pairs the last counts
  }

  private static func key(_ a: Int32, _ b: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: a)) << 32 | UInt64(UInt32(bitPattern: b))
  }

  private static func slot(_ key: UInt64, _ capacity: Int) -> Int {
    let mixed = (key ^ key >> 31) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> 32) & (capacity - 1)
  }

  /// The rank of a pair, or `Int32.max` where it is never joined.
  @inline(__always)
  private func rank(_ a: Int32, _ b: Int32) -> Int32 {
    let key = Self.key(a, b)
    var slot = Self.slot(key, keys.count)
    while true {
      let found = keys[slot]
      if found == key { return ranks[slot] }
      if found == Self.empty { return .max }
      slot = (slot + 1) & (keys.count - 1)
    }
  }

  /// Joins pairs until none is left, the pair of the lowest rank first, of equal ranks the leftmost.
  func apply(to symbols: inout [Symbol]) {
    if symbols.count < 2 { return }
    if symbols.count <= Self.longestScanned { scan(&symbols) } else { applyByHeap(to: &symbols) }
  }

  private func scan(_ symbols: inout [Symbol]) {
    var pairRanks = [Int32](repeating: .max, count: symbols.count)  // of each symbol and the next
    for index in 0..<symbols.count - 1 { pairRanks[index] = rank(symbols[index].entry, symbols[index + 1].entry) }
    var count = symbols.count
    while count > 1 {
      var best = 0
      var lowest = Int32.max
      for index in 0..<count - 1 where pairRanks[index] < lowest { (best, lowest) = (index, pairRanks[index]) }
      if lowest == .max { break }
      symbols[best].entry = results[Int(lowest)]
      symbols[best].byteCount += symbols[best + 1].byteCount
      count -= 1
      for index in best + 1..<max(count, best + 1) {
        symbols[index] = symbols[index + 1]
        pairRanks[index] = pairRanks[index + 1]
      }
      pairRanks[best] = best < count - 1 ? rank(symbols[best].entry, symbols[best + 1].entry) : .max
      if best > 0 { pairRanks[best - 1] = rank(symbols[best - 1].entry, symbols[best].entry) }
    }
    symbols.removeLast(symbols.count - count)
  }

  /// Linked symbols and a heap of pairs: time grows with n log n.
  private func applyByHeap(to symbols: inout [Symbol]) {
    var next = (0..<symbols.count).map { $0 + 1 < symbols.count ? $0 + 1 : -1 }
    var previous = (0..<symbols.count).map { $0 - 1 }
    var heap = PairHeap()
    func push(_ left: Int) {
      guard left >= 0, next[left] >= 0 else { return }
      let rank = rank(symbols[left].entry, symbols[next[left]].entry)
      if rank != .max { heap.push(rank: rank, position: left) }
    }
    for index in symbols.indices { push(index) }
    while let (rank, left) = heap.pop() {
      let right = next[left]
      // Skips pairs of which a part has been joined since.
      guard symbols[left].entry >= 0, right >= 0,
        self.rank(symbols[left].entry, symbols[right].entry) == rank
      else { continue }
      symbols[left].entry = results[Int(rank)]
      symbols[left].byteCount += symbols[right].byteCount
      symbols[right].entry = -1
      next[left] = next[right]
      if next[left] >= 0 { previous[next[left]] = left }
      push(previous[left])
      push(left)
    }
    symbols.removeAll { $0.entry < 0 }
  }
}
