/// Finds out from the beginning of a file of delimited text how it is written.
struct DialectSurvey {
  /// What was found, and what a user should know of it.
  struct Result {
    var dialect: Dialect
    /// What the file's name does not say, for a message each.
    var notes: [String] = []
  }

  private let sample: Sample
  private let mapping: ColumnMapping
  private let options: DatasetOptions
  private let endsAtReturns: Bool

  static func survey(
    _ sample: Sample, usual delimiter: UInt8, mapping: ColumnMapping, options: DatasetOptions
  ) throws -> Result {
    let survey = DialectSurvey(sample: sample, mapping: mapping, options: options)
    var notes: [String] = []
    let chosen = try options.delimiter ?? survey.delimiter(usual: delimiter)
    if chosen != delimiter, options.delimiter == nil {
      notes.append("the delimiter is \(name(of: chosen)), as the first line shows; 'dataset.delimiter' sets another")
    }
    var dialect = Dialect(delimiter: chosen, endsAtReturns: survey.endsAtReturns, header: options.header)
    switch options.quote {
    case .enclosing?: dialect.quoting = .trusted
    case .plain?: dialect.quoting = .none
    case nil:
      let (quoting, line) = try survey.quoting(dialect)
      dialect.quoting = quoting
      if let line {
        notes.append(
          "quotes are read as plain text: taken for the ends of cells they would join or break lines that have the"
            + " right number of fields as they stand, line \(line) for one; 'dataset.quote: '\"'' reads them as quotes")
      }
    }
    return Result(dialect: dialect, notes: notes)
  }

  private init(sample: Sample, mapping: ColumnMapping, options: DatasetOptions) {
    self.sample = sample
    self.mapping = mapping
    self.options = options
    endsAtReturns = Self.endsAtReturns(sample.bytes)
  }

  static func name(of delimiter: UInt8) -> String {
    delimiter == 0x09 ? "a tab" : "'\(Character(Unicode.Scalar(delimiter)))'"
  }

  // MARK: Line ends

  /// Whether there are CRs without an LF, and no LF at all, outside quotes.
  private static func endsAtReturns(_ bytes: [UInt8]) -> Bool {
    var (isQuoted, hasReturn) = (false, false)
    for byte in bytes {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if !isQuoted {
        if byte == 0x0A { return false }
        hasReturn = hasReturn || byte == 0x0D
      }
    }
    return hasReturn
  }

  // MARK: Delimiter

  /// The delimiter that the name stands for, unless the first line has the text's column between others.
  private func delimiter(usual: UInt8) throws -> UInt8 {
    let candidates = [UInt8(ascii: ";"), 0x09, UInt8(ascii: "|"), UInt8(ascii: ",")].filter { $0 != usual }
    let header = try fields(usual)
    if let names = options.header {
      let all = [usual] + (names.count > 1 ? candidates : [])
      return try all.first { everyLineHas(names.count, delimiter: $0) }
        ?? all.first { try fields($0).count == names.count } ?? usual
    }
    if header.contains(mapping.text) { return usual }
    for candidate in candidates {
      let names = try fields(candidate)
      if names.count > 1, names.contains(mapping.text) { return candidate }
    }
    // A wrong name of a column is told with the names that there are.
    guard header.count == 1 else { return usual }
    return try candidates.first { candidate in
      let count = try fields(candidate).count
      return count > 1 && everyLineHas(count, delimiter: candidate)
    } ?? usual
  }

  private func everyLineHas(_ count: Int, delimiter: UInt8) -> Bool {
    let dialect = Dialect(delimiter: delimiter, endsAtReturns: endsAtReturns)
    return wholeLines.withUnsafeBufferPointer { dialect.fieldsOfEveryLine($0, omittingBlanks: true) } == count
  }

  /// The first record, which has the columns' names.
  private func fields(_ delimiter: UInt8) throws -> [String] {
    let buffer = sample.buffer(file: "")
    let quoting = options.quote == .plain ? Dialect.Quoting.none : .trusted
    let dialect = Dialect(delimiter: delimiter, quoting: quoting, endsAtReturns: endsAtReturns)
    let records = DelimitedRecords(buffer, dialect: dialect, maximumRecordSize: Sample.size)
    guard try records.moveToRecord() else { return [] }
    try records.scan()
    return records.fields.map { DelimitedRecords.text(of: $0, in: buffer.bytes) ?? "" }
  }

  /// The sample without a last line that it may have cut.
  private var wholeLines: [UInt8] {
    if sample.isWhole { return sample.bytes }
    let end = sample.bytes.lastIndex(of: endsAtReturns ? 0x0D : 0x0A) ?? 0
    return Array(sample.bytes[..<end])
  }

  // MARK: Quotes

  /// What quotes mean, and where they are plain text the first line that shows it.
  ///
  /// Each record that quotes shape is evidence: for them where its lines are no rows by themselves, as of a cell with a
  /// delimiter in it; against them where each of its lines has the header's count of fields as plain text, and quotes
  /// would join the lines or break the record.
  private func quoting(_ dialect: Dialect) throws -> (Dialect.Quoting, line: Int?) {
    guard sample.bytes.contains(UInt8(ascii: "\"")) else { return (.doubtful, nil) }
    let records = DelimitedRecords(sample.buffer(file: ""), dialect: dialect, maximumRecordSize: Sample.size)
    guard try records.moveToRecord() else { return (.doubtful, nil) }
    var count = options.header?.count
    if count == nil {
      try records.scan()
      // Whoever puts names of columns in quotes puts texts in quotes.
      if records.scanner.quotedFields > 0, !records.isDamaged { return (.trusted, nil) }
      count = records.fields.count
      try records.consume()
    }
    var (evidenceFor, evidenceAgainst, firstLine) = (0, 0, Int?.none)
    while try records.moveToRecord() {
      try records.scan()
      let isCut = !sample.isWhole && !records.scanner.hasLineEnd && records.scanner.damage != .textAfterQuote
      if records.scanner.quotedFields > 0 {
        let lines = physicalLines(records, isCut: isCut)
        let joins = lines.contains(endsAtReturns ? 0x0D : 0x0A)
        let plain = lines.withUnsafeBufferPointer { dialect.fieldsOfEveryLine($0) }
        if isCut, !joins { break }
        if plain == count, isCut || records.isDamaged || (joins && count != 1) {
          evidenceAgainst += 1
          firstLine = firstLine ?? records.buffer.line
        } else if !isCut, !records.isDamaged, records.fields.count == count,
          plain != count || joins || records.scanner.quotedFields == max(2, count ?? 2)
            || records.fields.contains(where: \.hasDoubledQuotes)
        {
          evidenceFor += 1
        }
      }
      if isCut { break }
      try records.consume()
    }
    if evidenceAgainst > 4 * evidenceFor { return (.none, firstLine) }
    return (evidenceFor > 0 && evidenceFor >= evidenceAgainst ? .trusted : .doubtful, nil)
  }

  /// The lines that a scanned record takes in, without the last line's end: whole ones, and of a quote that is never
  /// closed the first hundred.
  private func physicalLines(_ records: DelimitedRecords, isCut: Bool) -> [UInt8] {
    let end: UInt8 = endsAtReturns ? 0x0D : 0x0A
    let bytes = records.buffer.bytes
    let length = records.scanner.length
    if !records.isDamaged, !isCut { return Array(bytes[..<(length - (records.scanner.hasLineEnd ? 1 : 0))]) }
    if records.scanner.damage == .textAfterQuote {
      let rest = bytes[min(length, bytes.count)...]
      return Array(bytes[..<(rest.firstIndex(of: end) ?? bytes.count)])
    }
    var lines = 0
    var last: Int?
    for (index, byte) in bytes.enumerated() where byte == end {
      last = index
      lines += 1
      if lines == 100 { break }
    }
    return Array(bytes[..<(sample.isWhole && lines < 100 ? bytes.count : last ?? 0)])
  }
}
