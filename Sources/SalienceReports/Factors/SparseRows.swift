/// Rows of numbers above 0, of which most are 0.
package struct SparseRows {
  /// One row's numbers: their columns and values.
  package struct Row {
    package var columns: [Int32]
    package var values: [Float]

    package init(columns: [Int32] = [], values: [Float] = []) {
      self.columns = columns
      self.values = values
    }
  }

  private var starts = [0]
  private var columns: [Int32] = []
  private var values: [Float] = []

  package init() {}

  package var count: Int { starts.count - 1 }
  /// Numbers in all.
  package var numbers: Int { values.count }

  package mutating func append(_ row: Row) {
    columns += row.columns
    values += row.values
    starts.append(values.count)
  }

  package func forEach(_ body: (Row) throws -> Void) rethrows {
    for index in 0..<count {
      let range = starts[index]..<starts[index + 1]
      try body(Row(columns: Array(columns[range]), values: Array(values[range])))
    }
  }
}
