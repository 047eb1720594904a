/// Decoded levels and values of a column, on their way to `ColumnData`.
struct ColumnRows {
  let column: ParquetColumn
  var values: ValueBuffer
  private var definitionLevels: [UInt8] = []
  private var repetitionLevels: [UInt8] = []
  private(set) var levelCount = 0
  private(set) var rowCount: Int64 = 0

  init(column: ParquetColumn) {
    self.column = column
    values = ValueBuffer(type: column.type.physicalType)
  }

  /// Appends a page's levels and returns how many values it must hold.
  mutating func appendLevels(repetition: [UInt8], definition: [UInt8], count: Int) throws(ParquetError) -> Int {
    let maximum = column.maximumDefinitionLevel
    if column.maximumRepetitionLevel > 0 {
      for (index, level) in repetition.enumerated() where level > 0 {
        // A list goes on only with an element after an element.
        let before = index > 0 ? definition[index - 1] : definitionLevels.last
        guard before == maximum, definition[index] == maximum else {
          throw ParquetError(.corrupt, "a list's levels contradict each other")
        }
      }
    }
    levelCount += count
    rowCount += Int64(column.maximumRepetitionLevel > 0 ? repetition.count { $0 == 0 } : count)
    guard maximum > 0 else { return count }
    definitionLevels.append(contentsOf: definition)
    repetitionLevels.append(contentsOf: repetition)
    return definition.count { $0 == maximum }
  }

  /// The rows; throws `corrupt` for strings that are not UTF-8 and 8-bit integers out of range.
  func columnData() throws(ParquetError) -> ColumnData {
    switch (column.type, column.optional) {
    case (.int8, false): .int8(try required())
    case (.int32, false): .int32(try required())
    case (.int64, false): .int64(try required())
    case (.float, false): .float(try required())
    case (.double, false): .double(try required())
    case (.bool, false): .bool(try required())
    case (.string, false): .string(try required())
    case (.floatList, false): .floatList(try lists().map { $0 ?? [] })
    case (.int8, true): .optionalInt8(try optional())
    case (.int32, true): .optionalInt32(try optional())
    case (.int64, true): .optionalInt64(try optional())
    case (.float, true): .optionalFloat(try optional())
    case (.double, true): .optionalDouble(try optional())
    case (.bool, true): .optionalBool(try optional())
    case (.string, true): .optionalString(try optional())
    case (.floatList, true): .optionalFloatList(try lists())
    }
  }

  private func value<Value: PlainValue>(_ index: Int) throws(ParquetError) -> Value {
    guard let value = Value(plain: values.bytes[values.byteRange(of: index)]) else {
      throw ParquetError(.corrupt, "value \(index) is not valid for a column of type \(column.type)")
    }
    return value
  }

  private func required<Value: PlainValue>() throws(ParquetError) -> [Value] {
    var result: [Value] = []
    result.reserveCapacity(values.count)
    for index in 0..<values.count { result.append(try value(index)) }
    return result
  }

  private func optional<Value: PlainValue>() throws(ParquetError) -> [Value?] {
    var result: [Value?] = []
    result.reserveCapacity(levelCount)
    var next = 0
    for level in definitionLevels {
      result.append(level == 0 ? nil : try value(next))
      next += Int(level)
    }
    return result
  }

  private func lists() throws(ParquetError) -> [[Float]?] {
    let maximum = column.maximumDefinitionLevel
    var result: [[Float]?] = []
    var list: [Float] = []
    var next = 0
    for (index, level) in definitionLevels.enumerated() {
      if level == maximum {
        list.append(try value(next))
        next += 1
      }
      let isLast = index + 1 == definitionLevels.count || repetitionLevels[index + 1] == 0
      if isLast {
        result.append(level == 0 && column.optional ? nil : list)
        list = []
      }
    }
    return result
  }
}
