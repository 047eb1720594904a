extension ParquetSchema {
  /// The schema tree in the footer's order.
  var elements: [SchemaElement] {
    [SchemaElement(name: "schema", childCount: Int32(columns.count))] + columns.flatMap(\.elements)
  }
}

extension ParquetColumn {
  /// The column's part of the schema tree.
  ///
  /// Strings and lists carry both annotations: readers exist that know only one of them.
  var elements: [SchemaElement] {
    let repetition: SchemaElement.Repetition = optional ? .optional : .required
    var leaf = SchemaElement(physicalType: type.physicalType.rawValue, repetition: repetition, name: name)
    switch type {
    case .int32, .int64, .float, .double, .bool:
      return [leaf]
    case .int8:
      leaf.convertedType = ConvertedType.int8.rawValue
      leaf.logicalType = .integer(bitWidth: 8, isSigned: true)
      return [leaf]
    case .string:
      leaf.convertedType = ConvertedType.utf8.rawValue
      leaf.logicalType = .string
      return [leaf]
    case .floatList:
      let group = SchemaElement(
        repetition: repetition, name: name, childCount: 1, convertedType: ConvertedType.list.rawValue,
        logicalType: .list)
      let list = SchemaElement(repetition: .repeated, name: "list", childCount: 1)
      leaf.name = "element"
      leaf.repetition = .required
      return [group, list, leaf]
    }
  }
}

extension ParquetSchema {
  /// The columns that a footer's schema tree describes, as far as this library writes such trees.
  init(elements: [SchemaElement]) throws(ParquetError) {
    guard let root = elements.first, root.physicalType == nil, let count = root.childCount, count > 0 else {
      throw ParquetError(.corrupt, "the schema has no columns")
    }
    var columns: [ParquetColumn] = []
    var rest = elements.dropFirst()
    while let first = rest.first {
      guard let column = Self.column(at: rest) else {
        throw ParquetError(.unsupported, "columns of this type are not read", column: first.name)
      }
      rest = rest.dropFirst(column.elements.count)
      columns.append(column)
    }
    guard columns.count == count else { throw ParquetError(.corrupt, "the schema tree is malformed") }
    self.init(columns)
    try validate()
  }

  /// The column whose tree stands first, found by comparing with what the writer would have made of each type.
  private static func column(at elements: ArraySlice<SchemaElement>) -> ParquetColumn? {
    guard let first = elements.first, let repetition = first.repetition, repetition != .repeated else { return nil }
    for type in ParquetType.allCases {
      let candidate = ParquetColumn(first.name, type, optional: repetition == .optional)
      if elements.starts(with: candidate.elements) { return candidate }
    }
    return nil
  }
}
