/// Strings of Unicode scalars and a number for each, found by walking scalar by scalar.
///
/// Strings are told apart by their scalars alone: unlike Swift's strings, composed and decomposed forms differ.
struct ScalarTrie: Sendable {
  /// Edges by open addressing: node and scalar in one word, 0 where empty.
  private var keys = [UInt64](repeating: 0, count: 16)
  private var targets = [Int32](repeating: 0, count: 16)
  private var edgeCount = 0
  /// The number of the string that ends at a node, or -1.
  private var values: [Int32] = [-1]

  static let root: Int32 = 0

  /// Adds a string; one that is there already gets the new number.
  mutating func insert(_ string: some Sequence<UInt32>, value: Int32) {
    var node = Self.root
    for scalar in string {
      if let next = step(from: node, by: scalar) {
        node = next
      } else {
        let next = Int32(values.count)
        values.append(-1)
        if (edgeCount + 1) * 2 > keys.count { grow() }
        place(Self.key(node, scalar), next)
        edgeCount += 1
        node = next
      }
    }
    values[Int(node)] = value
  }

  /// The node reached from `node`, or nil where no string goes on that way.
  @inline(__always)
  func step(from node: Int32, by scalar: UInt32) -> Int32? {
    let key = Self.key(node, scalar)
    var slot = Self.slot(key, keys.count)
    while true {
      let found = keys[slot]
      if found == key { return targets[slot] }
      if found == 0 { return nil }
      slot = (slot + 1) & (keys.count - 1)
    }
  }

  /// The number of the string that ends at `node`, or nil.
  @inline(__always)
  func value(at node: Int32) -> Int32? {
    let value = values[Int(node)]
    return value >= 0 ? value : nil
  }

  /// The node a whole string leads to, or nil.
  func walk(_ string: some Sequence<UInt32>) -> Int32? {
    var node = Self.root
    for scalar in string {
      guard let next = step(from: node, by: scalar) else { return nil }
      node = next
    }
    return node
  }

  /// The number of exactly this string, or nil.
  func find(_ string: String) -> Int32? {
    walk(string.unicodeScalars.lazy.map(\.value)).flatMap { value(at: $0) }
  }

  // Bit 63 keeps the key of node 0 and scalar 0 apart from an empty slot.
  private static func key(_ node: Int32, _ scalar: UInt32) -> UInt64 {
    1 << 63 | UInt64(UInt32(bitPattern: node)) << 21 | UInt64(scalar)
  }

  private static func slot(_ key: UInt64, _ capacity: Int) -> Int {
    let mixed = (key ^ key >> 29) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> 32) & (capacity - 1)
  }

  private mutating func place(_ key: UInt64, _ target: Int32) {
    var slot = Self.slot(key, keys.count)
    while keys[slot] != 0 { slot = (slot + 1) & (keys.count - 1) }
    keys[slot] = key
    targets[slot] = target
  }

  private mutating func grow() {
    let old = zip(keys, targets).filter { $0.0 != 0 }
    keys = [UInt64](repeating: 0, count: keys.count * 2)
    targets = [Int32](repeating: 0, count: keys.count)
    for (key, target) in old { place(key, target) }
  }
}
