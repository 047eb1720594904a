/// Sets of general categories (Unicode Standard Annex 44), one bit each.
struct GeneralCategories: OptionSet, Sendable {
  let rawValue: UInt32

  /// Two-letter names in the order in which `GeneralCategoryTable` counts them from 1; `Cn`, unassigned, is bit 0.
  private static let names = [
    "Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
    "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Co",
  ]

  init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The categories of a name of one letter (`L`) or two (`Lu`), or nil.
  init?(name: String) {
    var value: UInt32 = 0
    for (bit, known) in Self.names.enumerated() where known == name || (name.count == 1 && known.hasPrefix(name)) {
      value |= 1 << UInt32(bit)
    }
    guard value != 0 else { return nil }
    rawValue = value
  }

  /// The bit of each scalar's category.
  static let bits: ScalarTable<UInt8> = ScalarTable(
    standard: 0, runs: GeneralCategoryTable.packed, value: { UInt8(truncatingIfNeeded: $0) })

  /// Whether the category of `scalar` is one of these.
  @inline(__always)
  func contains(scalar: UInt32) -> Bool { rawValue >> UInt32(Self.bits[scalar]) & 1 == 1 }
}

/// Scripts as the UnicodeScripts pre-tokenizer has them; 0 for what belongs to any.
enum Scripts {
  static let table: ScalarTable<UInt8> = ScalarTable(
    standard: 0, runs: ScriptTable.packed, value: { UInt8(truncatingIfNeeded: $0) })
}

extension ScalarTable {
  /// Reads a packed table of runs: the gap since the end of the last run, length, value.
  init(standard: Value, runs packed: StaticString, value: (Int) -> Value) {
    var entries: [UInt32: Value] = [:]
    var reader = PackedTableReader(packed)
    var position = 0
    while !reader.isAtEnd {
      position += reader.readUnsigned()
      let length = reader.readUnsigned()
      let own = value(reader.readUnsigned())
      for scalar in position..<position + length { entries[UInt32(scalar)] = own }
      position += length
    }
    self.init(standard: standard, entries: entries)
  }
}
