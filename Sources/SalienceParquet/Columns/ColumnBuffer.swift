/// The rows of one column that wait for their row group: levels, values and statistics.
///
/// Levels are Dremel's: a definition level says how much of a value's path is there, a repetition level of 0 that
/// a row begins. Flat required columns have neither. Cells come from the caller's own rows, one by one, without an
/// array between them.
package struct ColumnBuffer {
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

  mutating func append<Value: PlainValue>(required rows: Range<Int>, _ cell: (Int) -> Value) {
    precondition(Value.columnType == column.type, "cells of another type than their column's")
    for row in rows {
      let value = cell(row)
      values.append(value)
      value.observe(&statistics)
    }
    if column.optional { definitionLevels.append(contentsOf: repeatElement(1, count: rows.count)) }
  }

  mutating func append<Value: PlainValue>(optional rows: Range<Int>, _ cell: (Int) -> Value?) {
    precondition(Value.columnType == column.type && column.optional, "cells of another type than their column's")
    for row in rows {
      if let value = cell(row) {
        values.append(value)
        value.observe(&statistics)
        definitionLevels.append(1)
      } else {
        statistics.addNull()
        definitionLevels.append(0)
      }
    }
  }

  mutating func append(list: [Float]?) {
    precondition(column.type == .floatList, "cells of another type than their column's")
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
