/// Random numbers of one example: those that its `SampleSeeds` give, one after another.
struct SeededNumbers: Sendable {
  private let seeds: SampleSeeds
  private var drawn = 0

  init(_ seeds: SampleSeeds) { self.seeds = seeds }

  private mutating func next() -> UInt64 {
    defer { drawn += 1 }
    return seeds[drawn]
  }

  /// A whole number from 0 to `bound` - 1: the upper 32 bits of the next number, times `bound`, without the lower 32.
  mutating func below(_ bound: Int) -> Int { Int((next() >> 32 &* UInt64(bound)) >> 32) }

  /// A number from 0 on and below 1: the upper 53 bits of the next one.
  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// The upper bit of the next number.
  mutating func bool() -> Bool { next() >> 63 == 1 }

  /// 0..<count in a random order (Fisher and Yates, from the last place to the first).
  mutating func permutation(_ count: Int) -> [Int] {
    var result = Array(0..<count)
    for place in stride(from: count - 1, to: 0, by: -1) { result.swapAt(place, below(place + 1)) }
    return result
  }
}
