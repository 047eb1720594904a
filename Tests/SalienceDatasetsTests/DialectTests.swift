import Foundation
import SalienceDatasets
import SalienceTestSupport
import Testing

/// How delimited text is written, found in the text.
@Suite struct DialectTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func source(
    _ name: String, _ text: String, text column: String = "text", label: String? = nil,
    options: DatasetOptions = DatasetOptions()
  ) throws -> DatasetSource {
    try DatasetSource(
      paths: [try directory.write(name, text)], mapping: ColumnMapping(text: column, label: label), options: options)
  }

  private func texts(_ source: DatasetSource, chunkSize: Int = 7) -> [String?] {
    let (records, error) = readAll(source.reader(chunkSize: chunkSize))
    #expect(error == nil)
    return records.map { $0.example?.text }
  }

  // MARK: Quotes

  @Test func quotesThatWouldJoinLinesArePlainText() throws {
    let swallowed = "id\ttext\tlabel\n1\tone\tp\n2\t\"Weird title\tn\n3\tthree\tp\n4\tfour ends\"\tn\n5\tfive\tp\n"
    for (name, text) in [("a.tsv", swallowed), ("a.csv", swallowed.replacing("\t", with: ","))] {
      let source = try source(name, text)
      #expect(texts(source) == ["one", "\"Weird title", "three", "four ends\"", "five"])
      let notes = source.notes
      #expect(notes.count == 1 && notes[0].contains("\(name): quotes are read as plain text"), "\(notes)")
      #expect(notes[0].contains("line 3 ") && notes[0].contains("dataset.quote"))
      // As quotes, by request, they do.
      let joined = try self.source(name, text, options: DatasetOptions(quote: .enclosing))
      #expect(texts(joined).count == 3 && joined.notes.isEmpty)
    }
    let inside = "sentence\tlabel\nit is a \" must see \" film\t1\n\" hardly any plot\t0\nplain\t1\n\"Both ends\"\t1\n"
    let source = try source("b.tsv", inside, text: "sentence")
    #expect(texts(source) == ["it is a \" must see \" film", "\" hardly any plot", "plain", "\"Both ends\""])
  }

  /// Expected values are those of Python's `csv` and of pandas.
  @Test(
    arguments: [
      (
        "a.tsv", "id\ttext\tlabel\n1\t\"two\nlines, one cell\"\tp\n2\t\"a \"\"quoted\"\" word\"\tn\n",
        ["two\nlines, one cell", "a \"quoted\" word"]
      ),
      ("b.csv", "text\n\"one\ntwo\"\nthree\n", ["one\ntwo", "three"]),
      ("c.csv", "id,text\n1,\"a, b\"\n2,\"c\n3,d\"\n", ["a, b", "c\n3,d"]),
      ("d.csv", "\"id\",\"text\"\n\"1\",\"c\n3,d\"\n", ["c\n3,d"]),
      ("e.csv", "id,text\n1,\"c\n\n3,d\"\n", ["c\n\n3,d"]),
    ] as [(String, String, [String])])
  func quotesThatEncloseCellsAreQuotes(_ name: String, _ text: String, _ expected: [String]) throws {
    let source = try source(name, text)
    #expect(texts(source) == expected)
    #expect(source.notes.isEmpty)
  }

  @Test func quotesArePlainByRequest() throws {
    let source = try source("a.csv", "id,text\n1,\"a\"\n2,\"b\n", options: DatasetOptions(quote: .plain))
    #expect(texts(source) == ["\"a\"", "\"b"])
    #expect(source.notes.isEmpty)
  }

  /// What the beginning did not show: the row with the quote is bad, and no row is lost in it.
  @Test func aQuoteBehindTheSampleJoinsNoRows() throws {
    let rows = (0..<60_000).map { "\($0)\tplain text of row \($0)\tp" }
    let late = ["x\t\"opens\tn", "y\tthree\tp", "z\tcloses\"\tn", "w\tlast\tp"]
    let text = (["id\ttext\tlabel"] + rows + late).joined(separator: "\n")
    #expect(text.utf8.count > 1 << 20)
    let source = try source("a.tsv", text)
    #expect(source.notes.isEmpty)
    let records = readAll(source.reader()).records
    #expect(records.count == 60_004)
    #expect(records.suffix(4).map { $0.example?.text } == [nil, "three", "closes\"", "last"])
    #expect(records[60_000].bad?.reason.contains("would join 3 lines which each have 3 fields") == true)
    let skipping = source.reader()
    #expect(try skipping.skip(60_002) == 60_002)
    #expect(try skipping.next() == records[60_002])
    // A cell over lines that are no rows is believed.
    let sound = try self.source(
      "b.tsv", (["id\ttext\tlabel"] + rows + ["x\t\"two\nlines\"\tp"]).joined(separator: "\n"))
    #expect(readAll(sound.reader()).records.last?.example?.text == "two\nlines")
  }

  // MARK: Line ends

  @Test(arguments: ["\n", "\r\n"]) func aReturnInsideACellIsText(_ end: String) throws {
    let text = ["id,text", "1,fine", "2,well hello\rno, this is bad", "3,\rz", "4,a\r\"b", "5,\"q\r\"", "6,x\r"]
    let options = DatasetOptions(quote: .enclosing)
    for chunkSize in 1...40 {
      let source = try source("a.csv", text.joined(separator: end), options: options)
      let (records, _) = readAll(source.reader(chunkSize: chunkSize))
      // The comma of the second row makes it one field too many; it is one row all the same.
      #expect(records.map { $0.example?.text } == ["fine", nil, "\rz", "a\r\"b", "q\r", "x"])
      #expect(records.map(\.location.line) == Array(2...7))
    }
    let tabs = try source(
      "a.tsv", ["id\ttext", "2\twell hello\rno, this is bad", "\ra\tb"].joined(separator: end) + end)
    #expect(texts(tabs) == ["well hello\rno, this is bad", "b"])
    // Lines of old files that end in CR alone.
    #expect(texts(try source("b.csv", "id,text\r1,a\r2,\"b\nc\"\r")) == ["a", "b\nc"])
  }

  // MARK: Delimiters

  @Test(arguments: [(";", "';'"), ("\t", "a tab"), ("|", "'|'")]) func delimitersAreFound(
    _ delimiter: String, _ name: String
  ) throws {
    let text = "id\(delimiter)text\(delimiter)label\n1\(delimiter)Awful, really\(delimiter)n\n"
    let source = try source("a.csv", text, label: "label")
    #expect(texts(source) == ["Awful, really"])
    #expect(source.notes.count == 1 && source.notes[0].contains("the delimiter is \(name)"), "\(source.notes)")
    let error = #expect(throws: DatasetError.self) { try self.source("a.csv", text, text: "txet") }
    #expect(error?.message == "no column 'txet'; the nearest is 'text'")
    let wrong = #expect(throws: DatasetError.self) {
      try self.source("a.csv", text, options: DatasetOptions(delimiter: UInt8(ascii: ",")))
    }
    #expect(wrong?.code == .missingColumn)
    let own = try self.source("a.csv", "id:text\n1:a\n", options: DatasetOptions(delimiter: UInt8(ascii: ":")))
    #expect(texts(own) == ["a"] && own.notes.isEmpty)
    #expect(texts(try self.source("b.csv", "text\na;b\n")) == ["a;b"])
    #expect(texts(try self.source("c.tsv", "id,text\n1,a\n")) == ["a"])
  }

  // MARK: Headers

  @Test func aMissingHeaderIsToldWithTheFirstLine() throws {
    let text = "one long string of jokes\t1\na dull evening\t0\n"
    let error = #expect(throws: DatasetError.self) { try source("a.tsv", text) }
    #expect(error?.code == .missingColumn)
    #expect(
      error?.message == "no column 'text' in the first line, 'one long string of jokes\\t1'; a file without a header"
        + " takes 'dataset.header: [text, ...]' with 2 names")
    let named = try source("a.tsv", text, label: "label", options: DatasetOptions(header: ["text", "label"]))
    let records = readAll(named.reader(chunkSize: 3)).records
    #expect(records.map { $0.example?.text } == ["one long string of jokes", "a dull evening"])
    #expect(records.map { $0.example?.label } == ["1", "0"])
    #expect(records.map(\.location.line) == [1, 2])
    let count = #expect(throws: DatasetError.self) {
      try source("a.tsv", text, options: DatasetOptions(header: ["text"]))
    }
    #expect(count?.message == "dataset.header names 1 column, and the first line has 2 fields")
    let semicolons = try source(
      "b.csv", "a, b;1\nc;0\n", options: DatasetOptions(header: ["text", "label"]))
    #expect(texts(semicolons) == ["a, b", "c"])
    // One file of several has the names after all.
    #expect(
      texts(try source("c.tsv", "text\tlabel\n" + text, options: DatasetOptions(header: ["text", "label"]))).count == 2)
    let long = #expect(throws: DatasetError.self) { try source("d.csv", String(repeating: "\u{1B}é", count: 300)) }
    #expect(long?.message.contains("…'") == true && long?.message.contains("\u{1B}") == false)
  }
}
