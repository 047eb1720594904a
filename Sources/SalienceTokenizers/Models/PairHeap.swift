/// A binary heap of pairs: the lowest rank first, of equal ranks the leftmost.
struct PairHeap {
  private var keys: [UInt64] = []

  mutating func push(rank: Int32, position: Int) {
    var index = keys.count
    let key = UInt64(UInt32(bitPattern: rank)) << 32 | UInt64(position)
    keys.append(key)
    while index > 0, keys[(index - 1) / 2] > key {
      keys[index] = keys[(index - 1) / 2]
      index = (index - 1) / 2
    }
    keys[index] = key
  }

  mutating func pop() -> (rank: Int32, position: Int)? {
    guard let top = keys.first, let last = keys.popLast() else { return nil }
    var index = 0
    while !keys.isEmpty {
      var child = index * 2 + 1
      if child >= keys.count { break }
      if child + 1 < keys.count, keys[child + 1] < keys[child] { child += 1 }
      if keys[child] >= last { break }
      keys[index] = keys[child]
      index = child
    }
    if !keys.isEmpty { keys[index] = last }
    return (Int32(truncatingIfNeeded: top >> 32), Int(UInt32(truncatingIfNeeded: top)))
  }
}
