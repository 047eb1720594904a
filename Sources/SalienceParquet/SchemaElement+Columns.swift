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
