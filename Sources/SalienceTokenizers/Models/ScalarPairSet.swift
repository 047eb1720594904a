/// A set of pairs of Unicode scalars, by open addressing.
struct ScalarPairSet: Sendable {
  private var keys = [UInt64](repeating: ScalarPairSet.empty, count: 16)
  private var count = 0

  private static let empty = UInt64.max

  mutating func insert(_ a: UInt32, _ b: UInt32) {
    guard !contains(a, b) else { return }
    if (count + 1) * 2 > keys.count {
      let old = keys.filter { $0 != Self.empty }
      keys = [UInt64](repeating: Self.empty, count: keys.count * 2)
      for key in old { place(key) }
    }
    place(Self.key(a, b))
    count += 1
  }

  @inline(__always)
  func contains(_ a: UInt32, _ b: UInt32) -> Bool {
    let key = Self.key(a, b)
    var slot = Self.slot(key, keys.count)
    while keys[slot] != Self.empty {
      if keys[slot] == key { return true }
      slot = (slot + 1) & (keys.count - 1)
    }
    return false
  }

  private mutating func place(_ key: UInt64) {
    var slot = Self.slot(key, keys.count)
    while keys[slot] != Self.empty { slot = (slot + 1) & (keys.count - 1) }
    keys[slot] = key
  }

  private static func key(_ a: UInt32, _ b: UInt32) -> UInt64 { UInt64(a) << 32 | UInt64(b) }

  private static func slot(_ key: UInt64, _ capacity: Int) -> Int {
    Int(truncatingIfNeeded: ((key ^ key >> 29) &* 0x9E37_79B9_7F4A_7C15) >> 32) & (capacity - 1)
  }
}
