/// Cells by the row that they stand in; columns of another type than the cells' stop the program, since it is wrong.
extension ColumnBuffer {
  package mutating func append(_ rows: Range<Int>, _ cell: (Int) -> Int8) { append(required: rows, cell) }
  package mutating func append(_ rows: Range<Int>, _ cell: (Int) -> Int32) { append(required: rows, cell) }
  package mutating func append(_ rows: Range<Int>, _ cell: (Int) -> Int64) { append(required: rows, cell) }
  package mutating func append(_ rows: Range<Int>, _ cell: (Int) -> Float) { append(required: rows, cell) }
  package mutating func append(_ rows: Range<Int>, _ cell: (Int) -> Double) { append(required: rows, cell) }
  package mutating func append(_ rows: Range<Int>, _ cell: (Int) -> Bool) { append(required: rows, cell) }
  package mutating func append(_ rows: Range<Int>, _ cell: (Int) -> String) { append(required: rows, cell) }

  package mutating func append(_ rows: Range<Int>, _ cell: (Int) -> [Float]) {
    for row in rows { append(list: cell(row)) }
  }

  package mutating func append(_ rows: Range<Int>, _ cell: (Int) -> Int8?) { append(optional: rows, cell) }
  package mutating func append(_ rows: Range<Int>, _ cell: (Int) -> Int32?) { append(optional: rows, cell) }
  package mutating func append(_ rows: Range<Int>, _ cell: (Int) -> Int64?) { append(optional: rows, cell) }
  package mutating func append(_ rows: Range<Int>, _ cell: (Int) -> Float?) { append(optional: rows, cell) }
  package mutating func append(_ rows: Range<Int>, _ cell: (Int) -> Double?) { append(optional: rows, cell) }
  package mutating func append(_ rows: Range<Int>, _ cell: (Int) -> Bool?) { append(optional: rows, cell) }
  package mutating func append(_ rows: Range<Int>, _ cell: (Int) -> String?) { append(optional: rows, cell) }

  package mutating func append(_ rows: Range<Int>, _ cell: (Int) -> [Float]?) {
    for row in rows { append(list: cell(row)) }
  }

  /// Appends `rows` of `data`, whose type fits the column; values without optionals suit optional columns too.
  mutating func append(_ data: ColumnData, _ rows: Range<Int>) {
    switch data {
    case .int8(let cells): append(rows) { cells[$0] }
    case .int32(let cells): append(rows) { cells[$0] }
    case .int64(let cells): append(rows) { cells[$0] }
    case .float(let cells): append(rows) { cells[$0] }
    case .double(let cells): append(rows) { cells[$0] }
    case .bool(let cells): append(rows) { cells[$0] }
    case .string(let cells): append(rows) { cells[$0] }
    case .floatList(let cells): append(rows) { cells[$0] }
    case .optionalInt8(let cells): append(rows) { cells[$0] }
    case .optionalInt32(let cells): append(rows) { cells[$0] }
    case .optionalInt64(let cells): append(rows) { cells[$0] }
    case .optionalFloat(let cells): append(rows) { cells[$0] }
    case .optionalDouble(let cells): append(rows) { cells[$0] }
    case .optionalBool(let cells): append(rows) { cells[$0] }
    case .optionalString(let cells): append(rows) { cells[$0] }
    case .optionalFloatList(let cells): append(rows) { cells[$0] }
    }
  }
}
