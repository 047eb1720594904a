/// The distinct values of a column chunk in order of first appearance, found by hashing their bytes.
///
/// Bytes, not Swift equality: strings that are canonically equivalent, 0 and -0, and NaNs stay apart.
struct DictionaryEncoder {
  /// The entries, in the order of their indices.
  private(set) var entries: ValueBuffer
  /// The size of the entries in a dictionary page.
  private(set) var plainSize = 0
  private var slots: [Int32]
  private var hashes: [UInt64] = []

  init(type: PhysicalType) {
    entries = ValueBuffer(type: type)
    slots = [Int32](repeating: -1, count: 1024)
  }

  /// The index of a value, which becomes an entry if it is new.
  mutating func index(of value: ArraySlice<UInt8>) -> UInt32 {
    let hash = Self.hash(value)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let candidate = Int(slots[slot])
      if hashes[candidate] == hash, entries.bytes[entries.byteRange(of: candidate)].elementsEqual(value) {
        return UInt32(candidate)
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    let index = entries.count
    slots[slot] = Int32(index)
    hashes.append(hash)
    entries.append(bytes: value)
    plainSize += entries.plainSize(of: index)
    if entries.count * 2 > slots.count { rebuild(slotCount: slots.count * 2) }
    return UInt32(index)
  }

  /// Forgets the entries from `count` on.
  mutating func truncate(to count: Int) {
    for index in count..<entries.count { plainSize -= entries.plainSize(of: index) }
    entries.truncate(to: count)
    hashes.removeSubrange(count...)
    rebuild(slotCount: slots.count)
  }

  private mutating func rebuild(slotCount: Int) {
    slots = [Int32](repeating: -1, count: slotCount)
    for (index, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (slotCount - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slotCount - 1) }
      slots[slot] = Int32(index)
    }
  }

  /// FNV-1a with a final mix: Swift's own hash is seeded anew in each process, which is of no use here but would
  /// make the time of a run vary.
  private static func hash(_ value: ArraySlice<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in value { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    hash ^= hash >> 32
    return hash &* 0x9e37_79b9_7f4a_7c15 ^ hash >> 29
  }
}
