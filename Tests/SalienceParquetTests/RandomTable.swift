import SalienceParquet

/// A generator whose sequence depends on its seed alone (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

/// A table with a random schema and random values, edge cases included.
struct RandomTable {
  let schema: ParquetSchema
  let columns: [ColumnData]
  let rowCount: Int

  init(seed: UInt64, rowCount: Int) {
    var random = SeededGenerator(seed: seed)
    var columns: [ParquetColumn] = []
    var data: [ColumnData] = []
    for index in 0..<Int.random(in: 1...9, using: &random) {
      let type = ParquetType.allCases[Int.random(in: 0..<ParquetType.allCases.count, using: &random)]
      let column = ParquetColumn(
        "\(type) \(index)", type, optional: Bool.random(using: &random), dictionary: Bool.random(using: &random))
      columns.append(column)
      data.append(Self.values(column, rowCount, &random))
    }
    schema = ParquetSchema(columns)
    self.columns = data
    self.rowCount = rowCount
  }

  /// Values of one column: from few or from many distinct ones, in runs or not, with no, some or only nulls.
  static func values(_ column: ParquetColumn, _ count: Int, _ random: inout SeededGenerator) -> ColumnData {
    let nullShare: Double = [0, 0.1, 0.9, 1].randomElement(using: &random) ?? 0
    let distinct = [1, 2, 7, 300, 100_000].randomElement(using: &random) ?? 1
    let salt = random.next()
    let hasNaN = Bool.random(using: &random)
    var run = 0
    var current: UInt64 = 0
    func key(_ random: inout SeededGenerator) -> SeededGenerator {
      if run == 0 {
        run = Bool.random(using: &random) ? 1 : Int.random(in: 1...40, using: &random)
        current = salt &+ UInt64(Int.random(in: 0..<distinct, using: &random))
      }
      run -= 1
      return SeededGenerator(seed: current)
    }
    func rows<Value>(_ make: (inout SeededGenerator) -> Value) -> [Value] {
      (0..<count).map { _ in
        var source = key(&random)
        return make(&source)
      }
    }
    func optionals<Value>(_ make: (inout SeededGenerator) -> Value) -> [Value?] {
      rows(make).map { value -> Value? in Double.random(in: 0..<1, using: &random) < nullShare ? nil : value }
    }
    let float = { (source: inout SeededGenerator) in Self.float(&source, hasNaN) }
    let double = { (source: inout SeededGenerator) in Double(Self.float(&source, hasNaN)) * 1.1 }
    let list = { (source: inout SeededGenerator) in
      (0..<max(0, Int.random(in: -3...6, using: &source))).map { _ in Self.float(&source, hasNaN) }
    }
    switch (column.type, column.optional) {
    case (.int8, false): return .int8(rows { Int8(truncatingIfNeeded: $0.next()) })
    case (.int8, true): return .optionalInt8(optionals { Int8(truncatingIfNeeded: $0.next()) })
    case (.int32, false): return .int32(rows { Int32(truncatingIfNeeded: $0.next()) })
    case (.int32, true): return .optionalInt32(optionals { Int32(truncatingIfNeeded: $0.next()) })
    case (.int64, false): return .int64(rows { Int64(bitPattern: $0.next()) })
    case (.int64, true): return .optionalInt64(optionals { Int64(bitPattern: $0.next()) })
    case (.float, false): return .float(rows(float))
    case (.float, true): return .optionalFloat(optionals(float))
    case (.double, false): return .double(rows(double))
    case (.double, true): return .optionalDouble(optionals(double))
    case (.bool, false): return .bool(rows { Bool.random(using: &$0) })
    case (.bool, true): return .optionalBool(optionals { Bool.random(using: &$0) })
    case (.string, false): return .string(rows(Self.string))
    case (.string, true): return .optionalString(optionals(Self.string))
    case (.floatList, false): return .floatList(rows(list))
    case (.floatList, true): return .optionalFloatList(optionals(list))
    }
  }

  private static func float(_ random: inout SeededGenerator, _ hasNaN: Bool) -> Float {
    switch Int.random(in: 0..<12, using: &random) {
    case 0: 0
    case 1: -0.0
    case 2: .infinity
    case 3: -.infinity
    case 4: hasNaN ? .nan : 1
    case 5: .leastNonzeroMagnitude
    default: Float.random(in: -1000...1000, using: &random)
    }
  }

  /// Mostly short, sometimes longer than a statistic may be; composed and decomposed forms of one character.
  private static func string(_ random: inout SeededGenerator) -> String {
    let pieces = [
      "", "a", "zz", "é", "e\u{301}", "文字", "🙂", "\u{FFFF}", "\u{10FFFF}", "\u{D7FF}", "\n", "'\"", "\u{7F}",
    ]
    let length = Int.random(in: 0..<8, using: &random) == 0 ? 60 : 4
    return (0..<Int.random(in: 0...length, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
      .joined()
  }
}
