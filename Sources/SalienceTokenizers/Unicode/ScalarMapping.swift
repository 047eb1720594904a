/// A mapping of Unicode scalars to one or several scalars; most map to themselves.
struct ScalarMapping: Sendable {
  /// 0 where the scalar maps to itself, else position in `outputs` of a length followed by that many scalars.
  private let positions: ScalarTable<Int32>
  private let outputs: [UInt32]

  /// Reads packed tables; later ones override earlier ones.
  init(_ tables: StaticString...) {
    var entries: [UInt32: Int32] = [:]
    var outputs: [UInt32] = [0]
    for table in tables {
      var reader = PackedTableReader(table)
      var key = 0
      while !reader.isAtEnd {
        key += reader.readUnsigned()
        let length = reader.readUnsigned()
        entries[UInt32(key)] = Int32(outputs.count)
        outputs.append(UInt32(length))
        var scalar = key
        for _ in 0..<length {
          scalar += reader.readSigned()
          outputs.append(UInt32(scalar))
        }
      }
    }
    positions = ScalarTable(standard: 0, entries: entries)
    self.outputs = outputs
  }

  /// What `scalar` maps to, or nil where it maps to itself.
  @inline(__always)
  func callAsFunction(_ scalar: UInt32) -> ArraySlice<UInt32>? {
    let position = Int(positions[scalar])
    guard position != 0 else { return nil }
    return outputs[position + 1..<position + 1 + Int(outputs[position])]
  }

  static let lowercase = ScalarMapping(LowercaseTable.packed)
  static let canonicalDecomposition = ScalarMapping(CanonicalDecompositionTable.packed)
  static let compatibilityDecomposition = ScalarMapping(
    CanonicalDecompositionTable.packed, CompatibilityDecompositionTable.packed)
}
