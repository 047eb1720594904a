/// The seeds of an example's noise samples: decided by what the example is and by the method, never by where in a run
/// or in a batch it is scored.
///
/// 64-bit FNV-1a (draft-eastlake-fnv) of, in this order: the method's id in UTF-8, the byte 0xFF, which no UTF-8 holds,
/// the token ids and the type ids as 32-bit and the seed as 64-bit little-endian numbers. The samples' seeds are the
/// outputs of SplitMix64 (Steele, Lea and Flood, Fast splittable pseudorandom number generators, OOPSLA 2014) from that
/// state on.
public struct SampleSeeds: Sendable {
  private let state: UInt64

  /// - Parameters:
  ///   - ids: token ids, special tokens included.
  ///   - typeIDs: as many.
  ///   - method: the method's id.
  ///   - seed: the user's.
  public init(ids: [Int32], typeIDs: [Int32], method: String, seed: UInt64) {
    var hash = FNV1a()
    hash.add(method.utf8)
    hash.add([0xFF])
    for id in ids { hash.add(id) }
    for id in typeIDs { hash.add(id) }
    hash.add(seed)
    state = hash.value
  }

  /// The seeds of a text as a row of the dataset: FNV-1a of its UTF-8 and of the seed as a 64-bit little-endian number.
  init(text: String, seed: UInt64) {
    var hash = FNV1a()
    hash.add(text.utf8)
    hash.add(seed)
    state = hash.value
  }

  /// The seed of a sample, counted from 0.
  public subscript(sample: Int) -> UInt64 {
    var z = state &+ (UInt64(sample) &+ 1) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

/// 64-bit FNV-1a.
private struct FNV1a {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }

  /// The bytes of a number, the least first.
  mutating func add(_ number: some FixedWidthInteger) { withUnsafeBytes(of: number.littleEndian) { add($0) } }
}
