/// What a Unicode scalar is to normalizers and pre-tokenizers.
struct ScalarClasses: OptionSet, Sendable {
  let rawValue: UInt8

  /// Dropped by BERT's text cleaning: control characters, formats, private use, NUL and U+FFFD.
  static let control = ScalarClasses(rawValue: 1)
  static let whitespace = ScalarClasses(rawValue: 2)
  /// Punctuation as BERT has it, ASCII symbols included.
  static let punctuation = ScalarClasses(rawValue: 4)
  /// A member of `\w` to the Whitespace pre-tokenizer and to added tokens.
  static let wordCharacter = ScalarClasses(rawValue: 8)
  /// Dropped by BERT's accent stripping.
  static let nonspacingMark = ScalarClasses(rawValue: 16)
  /// Dropped by the StripAccents normalizer.
  static let combiningMark = ScalarClasses(rawValue: 32)
  /// A member of `\w` in a regular expression of a tokenizer.json.
  static let patternWord = ScalarClasses(rawValue: 64)
  /// A digit to the Digits pre-tokenizer.
  static let numeric = ScalarClasses(rawValue: 128)

  /// The classes of each scalar.
  static let table: RangedScalarTable = {
    var table = RangedScalarTable()
    table.add(.control, ControlTable.packed)
    table.add(.whitespace, WhitespaceTable.packed)
    table.add(.punctuation, PunctuationTable.packed)
    table.add(.wordCharacter, WordCharacterTable.packed)
    table.add(.nonspacingMark, NonspacingMarkTable.packed)
    table.add(.combiningMark, CombiningMarkTable.packed)
    table.add(.patternWord, PatternWordTable.packed)
    table.add(.numeric, NumericTable.packed)
    return table
  }()
}

/// The classes of every scalar, one byte each.
struct RangedScalarTable: Sendable {
  private var classes = [UInt8](repeating: 0, count: 0x110000)

  mutating func add(_ member: ScalarClasses, _ packed: StaticString) {
    var reader = PackedTableReader(packed)
    var position = 0
    while !reader.isAtEnd {
      position += reader.readUnsigned()
      let length = reader.readUnsigned()
      for scalar in position..<position + length { classes[scalar] |= member.rawValue }
      position += length
    }
  }

  subscript(scalar: UInt32) -> ScalarClasses {
    @inline(__always) get { ScalarClasses(rawValue: classes[Int(scalar)]) }
  }
}
