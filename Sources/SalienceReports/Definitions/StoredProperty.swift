/// A stored property of a row, read and written at its place in the row's memory.
///
/// A key path that is only known when the program runs takes some hundred nanoseconds per access; the offset that it
/// stands for takes one, and a table of a thousand texts has half a million cells.
struct StoredProperty<Row, Value>: Sendable {
  /// Bytes from the beginning of a row.
  private let offset: Int

  /// - Parameter path: to a stored property, which may be one of a stored property.
  init(_ path: WritableKeyPath<Row, Value>) {
    guard let offset = MemoryLayout<Row>.offset(of: path) else {
      preconditionFailure("a column of \(Row.self) reads a property that is not stored")
    }
    self.offset = offset
  }

  func value(of row: UnsafePointer<Row>) -> Value {
    (UnsafeRawPointer(row) + offset).assumingMemoryBound(to: Value.self).pointee
  }

  /// Sets the property of each row; there are as many values as rows.
  func set(_ values: [Value], in rows: inout [Row]) {
    rows.withUnsafeMutableBufferPointer { rows in
      guard let first = rows.baseAddress else { return }
      for (index, value) in values.prefix(rows.count).enumerated() {
        (UnsafeMutableRawPointer(first + index) + offset).assumingMemoryBound(to: Value.self).pointee = value
      }
    }
  }
}
