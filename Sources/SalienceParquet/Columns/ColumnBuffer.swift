/// The rows of one column that wait for their row group: levels, values and statistics.
///
/// Levels are Dremel's: a definition level says how much of a value's path is there, a repetition level of 0 that
/// a row begins. Flat required columns have neither.
struct ColumnBuffer {
  let column: ParquetColumn
  private(set) var values: ValueBuffer
  private(set) var definitionLevels: [UInt8] = []
  private(set) var repetitionLevels: [UInt8] = []
  private(set) var statistics: StatisticsBuilder

  init(column: ParquetColumn) {
    self.column = column
    values = ValueBuffer(type: column.type.physicalType)
    statistics = StatisticsBuilder(type: column.type)
  }

  /// Values, nulls and empty lists.
  var levelCount: Int { column.maximumDefinitionLevel > 0 ? definitionLevels.count : values.count }

  /// The memory in use, roughly what the pages will take before compression.
  var byteCount: Int { values.bytes.count + definitionLevels.count + repetitionLevels.count }

  mutating func removeAll() {
    values.removeAll()
    definitionLevels.removeAll(keepingCapacity: true)
    repetitionLevels.removeAll(keepingCapacity: true)
    statistics = StatisticsBuilder(type: column.type)
  }

  /// Appends rows `range` of `data`, whose type fits the column; values without optionals suit optional columns too.
  mutating func append(_ data: ColumnData, _ range: Range<Int>) {
    switch data {
    case .int8(let rows): append(rows[range])
    case .int32(let rows): append(rows[range])
    case .int64(let rows): append(rows[range])
    case .float(let rows): append(rows[range])
    case .double(let rows): append(rows[range])
    case .bool(let rows): append(rows[range])
    case .string(let rows): append(rows[range])
    case .floatList(let rows): for row in rows[range] { append(list: row) }
    case .optionalInt8(let rows): append(optional: rows[range])
    case .optionalInt32(let rows): append(optional: rows[range])
    case .optionalInt64(let rows): append(optional: rows[range])
    case .optionalFloat(let rows): append(optional: rows[range])
    case .optionalDouble(let rows): append(optional: rows[range])
    case .optionalBool(let rows): append(optional: rows[range])
    case .optionalString(let rows): append(optional: rows[range])
    case .optionalFloatList(let rows): for row in rows[range] { append(list: row) }
    }
  }

  private mutating func append(_ rows: ArraySlice<some PlainValue>) {
    for row in rows {
      values.append(row)
      row.observe(&statistics)
    }
    if column.optional { definitionLevels.append(contentsOf: repeatElement(1, count: rows.count)) }
  }

  private mutating func append<Value: PlainValue>(optional rows: ArraySlice<Value?>) {
    for row in rows {
      if let row {
        values.append(row)
        row.observe(&statistics)
        definitionLevels.append(1)
      } else {
        statistics.addNull()
        definitionLevels.append(0)
      }
    }
  }

  private mutating func append(list: [Float]?) {
    let maximum = column.maximumDefinitionLevel
    guard let list, !list.isEmpty else {
      // A row without elements still takes a level; every level without a value counts as a null of the leaf.
      definitionLevels.append(list == nil ? 0 : maximum - 1)
      repetitionLevels.append(0)
      statistics.addNull()
      return
    }
    for (index, element) in list.enumerated() {
      values.append(element)
      element.observe(&statistics)
      definitionLevels.append(maximum)
      repetitionLevels.append(index == 0 ? 0 : 1)
    }
  }
}
