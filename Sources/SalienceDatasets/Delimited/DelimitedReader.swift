/// Reads delimited text with a header row, or with names of its columns given instead.
final class DelimitedReader: FileRecordReader {
  private let records: DelimitedRecords
  private let mapping: ColumnMapping
  private let header: [String]
  private let columns: (id: Int?, text: Int, textPair: Int?, label: Int?)
  private let rationale: Int?
  private let spans: Int?
  /// Places of the columns that are carried along; nil where this file lacks one.
  private let kept: [Int?]

  /// Reads the header row.
  ///
  /// - Throws: `DatasetError`: `missingColumn`, or `damaged` where the header cannot be read.
  init(_ buffer: RecordBuffer, dialect: Dialect, mapping: ColumnMapping, maximumRecordSize: Int) throws {
    records = DelimitedRecords(buffer, dialect: dialect, maximumRecordSize: maximumRecordSize)
    self.mapping = mapping
    try buffer.skipByteOrderMark()
    let (header, firstLine) = try Self.header(records)
    func position(_ column: String) throws -> Int? {
      guard let first = header.firstIndex(of: column) else { return nil }
      guard header.lastIndex(of: column) == first else {
        throw DatasetError(
          .missingColumn, "column '\(column)' stands twice in the header", file: buffer.file, column: column)
      }
      return first
    }
    guard let text = try position(mapping.text) else {
      throw mapping.missingText(in: buffer.file, header: header, firstLine: firstLine)
    }
    let textPair = try mapping.textPair.flatMap(position)
    let label = try mapping.label.flatMap(position)
    columns = (id: try mapping.id.flatMap(position), text: text, textPair: textPair, label: label)
    rationale = try mapping.rationale.flatMap(position)
    spans = try mapping.spans.flatMap(position)
    kept = try mapping.keep.map(position)
    self.header = header
  }

  /// The columns' names, read from the header row where they are not given, and the first line as it stands.
  private static func header(_ records: DelimitedRecords) throws -> (names: [String], firstLine: String) {
    let buffer = records.buffer
    let given = records.dialect.header
    guard try records.moveToRecord() else { return (given ?? [], "") }
    try records.scan()
    if let reason = records.reason {
      // Where names are given it is a row like any other.
      if let given { return (given, "") }
      throw DatasetError(.damaged, "damaged header row: \(reason)", file: buffer.file)
    }
    let first = records.fields.map { DelimitedRecords.text(of: $0, in: buffer.bytes) }
    if let given {
      guard first.count == given.count else {
        throw DatasetError(
          .missingColumn,
          "dataset.header names \(given.count) column\(given.count == 1 ? "" : "s"), and the first line has"
            + " \(first.count) field\(first.count == 1 ? "" : "s")", file: buffer.file)
      }
      if first == given { try records.consume() }
      return (given, "")
    }
    let line = Sample(bytes: Array(buffer.bytes[..<records.scanner.length]), isWhole: true).firstLine
    let names = try first.map { name in
      guard let name else { throw DatasetError(.damaged, "damaged header row: invalid UTF-8", file: buffer.file) }
      return name
    }
    try records.consume()
    return (names, line)
  }

  func columns(inFirst _: Int) -> KnownColumns? {
    KnownColumns(present: Set(mapping.names.filter(header.contains)), names: header)
  }

  func next(row: Int64) throws -> DatasetRecord? {
    guard try records.moveToRecord() else { return nil }
    try records.scan(expecting: header.count)
    let record = decode(row: row)
    try records.consume()
    return record
  }

  func skip() throws -> Bool {
    guard try records.moveToRecord() else { return false }
    try records.scan(expecting: header.count)
    try records.consume()
    return true
  }

  private func decode(row: Int64) -> DatasetRecord {
    let location = records.buffer.location
    let fields = records.fields
    let bytes = records.buffer.bytes
    func text(_ column: Int) -> String? {
      fields.indices.contains(column) ? DelimitedRecords.text(of: fields[column], in: bytes) : nil
    }
    func bad(_ column: Int?, _ reason: String) -> DatasetRecord {
      let name = column.flatMap { header.indices.contains($0) ? header[$0] : nil }
      return .bad(
        BadRow(row: row, id: columns.id.flatMap(text), location: location, column: name, reason: reason))
    }
    if let reason = records.reason { return bad(records.doubtfulLines == nil ? fields.count : nil, reason) }
    guard fields.count == header.count else {
      let reason = "\(fields.count) fields where the header has \(header.count)"
      let isCut = !records.scanner.hasLineEnd && fields.count < header.count
      let row = BadRow(row: row, id: columns.id.flatMap(text), location: location, column: nil, reason: reason)
      return .bad(isCut ? row.atTheEnd() : row)
    }
    var values: [String?] = []
    for column in [columns.id, columns.text, columns.textPair, columns.label, rationale, spans] + kept {
      guard let column else {
        values.append(nil)
        continue
      }
      guard let value = text(column) else { return bad(column, "invalid UTF-8") }
      values.append(value)
    }
    return .example(
      Example(
        row: row, id: values[0] ?? String(row), text: values[1] ?? "", textPair: values[2],
        label: values[3].flatMap { $0.isEmpty ? nil : $0 }, rationale: values[4].flatMap { $0.isEmpty ? nil : $0 },
        spans: values[5].flatMap { $0.isEmpty ? nil : $0 }, kept: Array(values[6...])),
      location)
  }
}
