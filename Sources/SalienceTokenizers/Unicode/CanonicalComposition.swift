/// Canonical combining classes.
enum CombiningClasses {
  static let shared: ScalarTable<UInt8> = ScalarTable(
    standard: 0, runs: CombiningClassTable.packed, value: { UInt8(truncatingIfNeeded: $0) })
}

/// Joins a decomposed text into primary composites (Unicode Standard Annex 15, canonical composition).
struct CanonicalComposition: Sendable {
  static let shared = CanonicalComposition()

  private let composites: [UInt64: UInt32]

  private init() {
    var composites: [UInt64: UInt32] = [:]
    var reader = PackedTableReader(CompositionTable.packed)
    var composite = 0
    while !reader.isAtEnd {
      composite += reader.readUnsigned()
      let first = composite + reader.readSigned()
      let second = reader.readUnsigned()
      composites[UInt64(first) << 32 | UInt64(second)] = UInt32(composite)
    }
    self.composites = composites
  }

  private func composite(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if let syllable = Hangul.compose(first, second) { return syllable }
    // No composite has a second part below U+0300.
    guard second >= 0x300 else { return nil }
    return composites[UInt64(first) << 32 | UInt64(second)]
  }

  /// Joins what can be joined; a composite's change is that of its parts together, less one for each part taken in.
  func compose(_ decomposed: [ScalarChange]) -> [ScalarChange] {
    let classes = CombiningClasses.shared
    var result: [ScalarChange] = []
    result.reserveCapacity(decomposed.count)
    var starter: Int?  // position in `result` of the last starter
    var lastClass: UInt8 = 0  // of the last mark kept after the starter; 0 where none was
    for part in decomposed {
      let own = classes[part.scalar]
      let isBlocked = lastClass != 0 && lastClass >= own
      if let starter, !isBlocked, let joined = composite(result[starter].scalar, part.scalar) {
        result[starter].scalar = joined
        result[starter].change += part.change - 1
        continue
      }
      if own == 0 {
        starter = result.count
        lastClass = 0
      } else if starter != nil {
        lastClass = own
      }
      result.append(part)
    }
    return result
  }
}
