/// Philox-4x32-10, a random number generator without state (Salmon, Moraes, Dror and Shaw, Parallel random numbers: as
/// easy as 1, 2, 3, SC 2011): a bijection of 128-bit counters under a 64-bit key, in 32-bit integer arithmetic, so that
/// every backend draws the same numbers, each in any order.
public enum Philox {
  /// Four random words.
  ///
  /// - Parameters:
  ///   - counter: four words, x first.
  ///   - key: two words, x first.
  public static func words(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (c, k) = (counter, key)
    for _ in 0..<10 {
      let first = UInt64(c.x) * 0xD251_1F53
      let second = UInt64(c.z) * 0xCD9E_8D57
      c = SIMD4(
        UInt32(truncatingIfNeeded: second >> 32) ^ c.y ^ k.x, UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ c.w ^ k.y, UInt32(truncatingIfNeeded: first))
      k &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return c
  }
}
