/// Reads comma- or tab-separated values with a header row.
///
/// Blank lines are no records. After a quote that is damaged or never closed, reading goes on at the line after the one
/// on which the quote opened, so that one stray quote costs one record.
final class DelimitedReader: FileRecordReader {
  private let buffer: RecordBuffer
  private let mapping: ColumnMapping
  let header: [String]
  private let columns: (id: Int?, text: Int, textPair: Int?, label: Int?)
  /// Places of the columns that are carried along; nil where this file lacks one.
  private let kept: [Int?]
  private var scanner: DelimitedScanner
  private var isAfterReturn = false

  /// Reads the header row.
  ///
  /// - Throws: `DatasetError`: `missingColumn`, or `damaged` where the header cannot be read.
  init(_ buffer: RecordBuffer, delimiter: UInt8, mapping: ColumnMapping, maximumRecordSize: Int) throws {
    self.buffer = buffer
    self.mapping = mapping
    scanner = DelimitedScanner(delimiter: delimiter, maximumLength: maximumRecordSize)
    try buffer.skipByteOrderMark()
    var isAfterReturn = false
    var header: [String] = []
    if try Self.moveToRecord(buffer, &isAfterReturn) {
      try scanner.scan(buffer)
      if let damage = scanner.damage {
        throw DatasetError(.damaged, "damaged header row: \(Self.reason(damage, scanner, buffer))", file: buffer.file)
      }
      header = try scanner.fields.map { field in
        guard let name = Self.text(of: field, in: buffer.bytes) else {
          throw DatasetError(.damaged, "damaged header row: invalid UTF-8", file: buffer.file)
        }
        return name
      }
      buffer.consume(scanner.length, lines: scanner.lines)
      isAfterReturn = scanner.endsInReturn
    }
    func position(_ column: String) throws -> Int? {
      guard let first = header.firstIndex(of: column) else { return nil }
      guard header.lastIndex(of: column) == first else {
        throw DatasetError(
          .missingColumn, "column '\(column)' stands twice in the header", file: buffer.file, column: column)
      }
      return first
    }
    guard let text = try position(mapping.text) else {
      throw ColumnMapping.missing(mapping.text, from: header, in: buffer.file)
    }
    let textPair = try mapping.textPair.flatMap(position)
    let label = try mapping.label.flatMap(position)
    columns = (id: try mapping.id.flatMap(position), text: text, textPair: textPair, label: label)
    kept = try mapping.keep.map(position)
    self.header = header
    self.isAfterReturn = isAfterReturn
  }

  /// Which of the mapped columns the header has.
  var known: KnownColumns {
    KnownColumns(present: Set(mapping.names.filter(header.contains)), names: header)
  }

  func next(row: Int64) throws -> DatasetRecord? {
    guard try Self.moveToRecord(buffer, &isAfterReturn) else { return nil }
    try scanner.scan(buffer)
    let record = decode(row: row)
    try consumeRecord()
    return record
  }

  func skip() throws -> Bool {
    guard try Self.moveToRecord(buffer, &isAfterReturn) else { return false }
    try scanner.scan(buffer)
    try consumeRecord()
    return true
  }

  /// Passes over blank lines; false at the file's end.
  private static func moveToRecord(_ buffer: RecordBuffer, _ isAfterReturn: inout Bool) throws -> Bool {
    while true {
      guard let byte = buffer.bytes.first else {
        if try buffer.fill() { continue }
        return false
      }
      guard byte == 0x0A || byte == 0x0D else {
        isAfterReturn = false
        return true
      }
      buffer.consume(1, lines: byte == 0x0A && isAfterReturn ? 0 : 1)
      isAfterReturn = byte == 0x0D
    }
  }

  private func consumeRecord() throws {
    guard scanner.damage != nil else {
      buffer.consume(scanner.length, lines: scanner.lines)
      isAfterReturn = scanner.endsInReturn
      return
    }
    if let opening = scanner.quoteOpening { buffer.consume(opening.offset, lines: opening.lines) }
    isAfterReturn = try buffer.discardLine(endingAtCarriageReturns: true)
  }

  private func decode(row: Int64) -> DatasetRecord {
    let location = buffer.location
    let fields = scanner.fields
    let bytes = buffer.bytes
    func bad(_ column: Int?, _ reason: String) -> DatasetRecord {
      let id = columns.id.flatMap { fields.indices.contains($0) ? Self.text(of: fields[$0], in: bytes) : nil }
      let name = column.flatMap { header.indices.contains($0) ? header[$0] : nil }
      return .bad(BadRow(row: row, id: id, location: location, column: name, reason: reason))
    }
    if let damage = scanner.damage { return bad(fields.count, Self.reason(damage, scanner, buffer)) }
    guard fields.count == header.count else {
      return bad(nil, "\(fields.count) fields where the header has \(header.count)")
    }
    var values: [String?] = []
    for column in [columns.id, columns.text, columns.textPair, columns.label] + kept {
      guard let column else {
        values.append(nil)
        continue
      }
      guard let value = Self.text(of: fields[column], in: bytes) else { return bad(column, "invalid UTF-8") }
      values.append(value)
    }
    return .example(
      Example(
        row: row, id: values[0] ?? String(row), text: values[1] ?? "", textPair: values[2],
        label: values[3].flatMap { $0.isEmpty ? nil : $0 }, kept: Array(values[4...])),
      location)
  }

  private static func reason(
    _ damage: DelimitedScanner.Damage, _ scanner: DelimitedScanner, _ buffer: RecordBuffer
  ) -> String {
    let opening = scanner.quoteOpening.map { "the quote opened on line \(buffer.line + $0.lines)" } ?? "a quote"
    return switch damage {
    case .textAfterQuote: "text after the closing quote; \(opening)"
    case .unterminatedQuote: "\(opening) is never closed"
    case .tooLong:
      scanner.quoteOpening == nil
        ? "longer than \(scanner.maximumLength) bytes"
        : "\(opening) is not closed within \(scanner.maximumLength) bytes of the record's beginning"
    }
  }

  /// A field's text, or nil where it is not UTF-8.
  private static func text(of field: DelimitedScanner.Field, in bytes: UnsafeBufferPointer<UInt8>) -> String? {
    let raw = UnsafeBufferPointer(rebasing: bytes[field.range])
    guard field.hasDoubledQuotes else { return String(validating: raw, as: UTF8.self) }
    var single: [UInt8] = []
    single.reserveCapacity(raw.count)
    var isSecond = false
    for byte in raw {
      isSecond = byte == UInt8(ascii: "\"") && !isSecond
      if byte != UInt8(ascii: "\"") || isSecond { single.append(byte) }
    }
    return String(validating: single, as: UTF8.self)
  }
}
