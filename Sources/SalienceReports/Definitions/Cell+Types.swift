import SalienceJSON
import SalienceParquet

extension Int8: RequiredCell {
  package static var columnType: ParquetType { .int8 }

  package static func append(_ rows: Range<Int>, to column: inout ColumnBuffer, _ cell: (Int) -> Int8) {
    column.append(rows, cell)
  }

  package static func append(optional rows: Range<Int>, to column: inout ColumnBuffer, _ cell: (Int) -> Int8?) {
    column.append(rows, cell)
  }

  package static func cells(of data: ColumnData) -> [Int8]? {
    if case .int8(let cells) = data { cells } else { nil }
  }

  package static func optionalCells(of data: ColumnData) -> [Int8?]? {
    if case .optionalInt8(let cells) = data { cells } else { cells(of: data) }
  }

  package func append(to csv: inout CSVEncoder) { csv.append(self) }
  package var json: JSONValue { .integer(self) }
}

extension Int32: RequiredCell {
  package static var columnType: ParquetType { .int32 }

  package static func append(_ rows: Range<Int>, to column: inout ColumnBuffer, _ cell: (Int) -> Int32) {
    column.append(rows, cell)
  }

  package static func append(optional rows: Range<Int>, to column: inout ColumnBuffer, _ cell: (Int) -> Int32?) {
    column.append(rows, cell)
  }

  package static func cells(of data: ColumnData) -> [Int32]? {
    if case .int32(let cells) = data { cells } else { nil }
  }

  package static func optionalCells(of data: ColumnData) -> [Int32?]? {
    if case .optionalInt32(let cells) = data { cells } else { cells(of: data) }
  }

  package func append(to csv: inout CSVEncoder) { csv.append(self) }
  package var json: JSONValue { .integer(self) }
}

extension Int64: RequiredCell {
  package static var columnType: ParquetType { .int64 }

  package static func append(_ rows: Range<Int>, to column: inout ColumnBuffer, _ cell: (Int) -> Int64) {
    column.append(rows, cell)
  }

  package static func append(optional rows: Range<Int>, to column: inout ColumnBuffer, _ cell: (Int) -> Int64?) {
    column.append(rows, cell)
  }

  package static func cells(of data: ColumnData) -> [Int64]? {
    if case .int64(let cells) = data { cells } else { nil }
  }

  package static func optionalCells(of data: ColumnData) -> [Int64?]? {
    if case .optionalInt64(let cells) = data { cells } else { cells(of: data) }
  }

  package func append(to csv: inout CSVEncoder) { csv.append(self) }
  package var json: JSONValue { .integer(self) }
}

extension Float: RequiredCell {
  package static var columnType: ParquetType { .float }

  package static func append(_ rows: Range<Int>, to column: inout ColumnBuffer, _ cell: (Int) -> Float) {
    column.append(rows, cell)
  }

  package static func append(optional rows: Range<Int>, to column: inout ColumnBuffer, _ cell: (Int) -> Float?) {
    column.append(rows, cell)
  }

  package static func cells(of data: ColumnData) -> [Float]? {
    if case .float(let cells) = data { cells } else { nil }
  }

  package static func optionalCells(of data: ColumnData) -> [Float?]? {
    if case .optionalFloat(let cells) = data { cells } else { cells(of: data) }
  }

  package func append(to csv: inout CSVEncoder) { csv.append(self) }
  package var json: JSONValue { .float(self) }
}

extension Double: RequiredCell {
  package static var columnType: ParquetType { .double }

  package static func append(_ rows: Range<Int>, to column: inout ColumnBuffer, _ cell: (Int) -> Double) {
    column.append(rows, cell)
  }

  package static func append(optional rows: Range<Int>, to column: inout ColumnBuffer, _ cell: (Int) -> Double?) {
    column.append(rows, cell)
  }

  package static func cells(of data: ColumnData) -> [Double]? {
    if case .double(let cells) = data { cells } else { nil }
  }

  package static func optionalCells(of data: ColumnData) -> [Double?]? {
    if case .optionalDouble(let cells) = data { cells } else { cells(of: data) }
  }

  package func append(to csv: inout CSVEncoder) { csv.append(self) }
  package var json: JSONValue { .double(self) }
}

extension Bool: RequiredCell {
  package static var columnType: ParquetType { .bool }

  package static func append(_ rows: Range<Int>, to column: inout ColumnBuffer, _ cell: (Int) -> Bool) {
    column.append(rows, cell)
  }

  package static func append(optional rows: Range<Int>, to column: inout ColumnBuffer, _ cell: (Int) -> Bool?) {
    column.append(rows, cell)
  }

  package static func cells(of data: ColumnData) -> [Bool]? {
    if case .bool(let cells) = data { cells } else { nil }
  }

  package static func optionalCells(of data: ColumnData) -> [Bool?]? {
    if case .optionalBool(let cells) = data { cells } else { cells(of: data) }
  }

  package func append(to csv: inout CSVEncoder) { csv.append(self) }
  package var json: JSONValue { .bool(self) }
}

extension String: RequiredCell {
  package static var columnType: ParquetType { .string }

  package static func append(_ rows: Range<Int>, to column: inout ColumnBuffer, _ cell: (Int) -> String) {
    column.append(rows, cell)
  }

  package static func append(optional rows: Range<Int>, to column: inout ColumnBuffer, _ cell: (Int) -> String?) {
    column.append(rows, cell)
  }

  package static func cells(of data: ColumnData) -> [String]? {
    if case .string(let cells) = data { cells } else { nil }
  }

  package static func optionalCells(of data: ColumnData) -> [String?]? {
    if case .optionalString(let cells) = data { cells } else { cells(of: data) }
  }

  package func append(to csv: inout CSVEncoder) { csv.append(self) }
  package var json: JSONValue { .string(self) }
}

/// Logits and their like; in CSV the text of a JSON array.
extension [Float]: Cell, RequiredCell {
  package static var columnType: ParquetType { .floatList }

  package static func append(_ rows: Range<Int>, to column: inout ColumnBuffer, _ cell: (Int) -> [Float]) {
    column.append(rows, cell)
  }

  package static func append(optional rows: Range<Int>, to column: inout ColumnBuffer, _ cell: (Int) -> [Float]?) {
    column.append(rows, cell)
  }

  package static func cells(of data: ColumnData) -> [[Float]]? {
    if case .floatList(let cells) = data { cells } else { nil }
  }

  package static func optionalCells(of data: ColumnData) -> [[Float]?]? {
    if case .optionalFloatList(let cells) = data { cells } else { cells(of: data) }
  }

  package func append(to csv: inout CSVEncoder) { csv.append(json.text()) }
  package var json: JSONValue { .array(map { .float($0) }) }
}
