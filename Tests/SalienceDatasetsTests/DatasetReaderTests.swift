import Foundation
import SalienceDatasets
import SalienceTestSupport
import Testing

@Suite struct DatasetReaderTests {
  let directory: TemporaryDirectory
  let mapping = ColumnMapping(text: "text")

  init() throws { directory = try TemporaryDirectory() }

  /// The files that the patterns mean, without the directory's path.
  func files(_ patterns: String...) throws -> [String] {
    let reader = try DatasetReader(paths: patterns.map { directory.path + "/" + $0 }, mapping: mapping)
    return reader.files.map { String($0.dropFirst(directory.path.count + 1)) }
  }

  @Test func expandsPatternsInByteOrder() throws {
    let names = [
      "b.csv", "a.csv", "B.csv", "é.csv", "a10.csv", "a9.csv", "x/a.csv", "x/y/b.csv", ".hidden.csv", "[1].csv",
    ]
    for name in names { try directory.write(name, "text\n\(name)\n") }
    try directory.write("x/.h/c.csv", "text\n")
    #expect(try files("*.csv") == ["B.csv", "[1].csv", "a.csv", "a10.csv", "a9.csv", "b.csv", "é.csv"])
    #expect(try files("?.csv") == ["B.csv", "a.csv", "b.csv", "é.csv"])
    #expect(try files("[ab].csv") == ["a.csv", "b.csv"])
    #expect(try files("[!ab].csv") == ["B.csv", "é.csv"])
    #expect(try files("a[0-9]*.csv") == ["a10.csv", "a9.csv"])
    #expect(try files("**/*.csv").count == 9)
    #expect(try files("**/b.csv") == ["b.csv", "x/y/b.csv"])
    #expect(try files("x/**") == ["x/a.csv", "x/y/b.csv"])
    #expect(try files("*/a.csv") == ["x/a.csv"])
    #expect(try files("[1].csv") == ["[1].csv"])
    #expect(try files(".h*.csv") == [".hidden.csv"])
    #expect(try files("b.csv", "a.csv", "?.csv", "a.csv") == ["B.csv", "a.csv", "b.csv", "é.csv"])
  }

  @Test func saysWhatIsMissingOrUnsupported() throws {
    try directory.write("a.txt", "text\n")
    try directory.write("a.parquet", "PAR1")
    try directory.write("a.parquet.zst", "PAR1")
    try directory.write("d.csv/a.csv", "text\n")
    for (name, code) in [
      ("none.csv", DatasetError.Code.missingFile), ("*.tsv", .missingFile), ("no/*/dir.csv", .missingFile),
      ("d.csv", .missingFile), ("a.txt", .unsupported), ("a.parquet", .unsupported), ("a.parquet.zst", .unsupported),
    ] {
      let error = #expect(throws: DatasetError.self) { try files(name) }
      #expect(error?.code == code, "\(name)")
      #expect(error?.file == directory.path + "/" + name)
    }
    #expect(throws: DatasetError.self) { try DatasetReader(paths: [], mapping: mapping) }
    let error = #expect(throws: DatasetError.self) { try files("a.parquet") }
    #expect(error?.message == "Parquet input is not supported yet")
  }

  @Test func rowsRunOverAllFiles() throws {
    try directory.write("b.jsonl", "{\"text\":\"3\"}\nbad\n{\"text\":\"5\"}\n")
    try directory.write("a.csv", "text\n0\n\n1,1\n\"2\"\n")
    try directory.write("c.tsv", "other\ttext\nx\t6")
    let paths = ["c.tsv", "b.jsonl", "a.csv"].map { directory.path + "/" + $0 }
    let (records, error) = readAll(try DatasetReader(paths: paths, mapping: mapping))
    #expect(error == nil)
    #expect(records.map(\.row) == [0, 1, 2, 3, 4, 5, 6])
    #expect(records.map { $0.example?.text } == ["0", nil, "2", "3", nil, "5", "6"])
    #expect(records.map { $0.example?.id } == ["0", nil, "2", "3", nil, "5", "6"])
    for count in 0...9 {
      let reader = try DatasetReader(paths: paths, mapping: mapping)
      #expect(try reader.skip(count) == min(count, 7))
      #expect(reader.row == Int64(min(count, 7)))
      #expect(readAll(reader).records == Array(records.dropFirst(count)))
    }
  }

  @Test func readsBackRandomTables() throws {
    var generator = SeededGenerator(state: 1)
    let pieces = ["a", "é", "😀", "\"", "\"\"", ",", "\t", "\n", "\r\n", "\r", " ", "", "e\u{301}", "\u{FEFF}", "\0"]
    for round in 0..<150 {
      let isTabbed = Bool.random(using: &generator)
      let lineEnd = ["\n", "\r\n", "\r"].randomElement(using: &generator) ?? "\n"
      let delimiter = isTabbed ? "\t" : ","
      var expected: [Example] = []
      var text = Bool.random(using: &generator) ? "\u{FEFF}" : ""
      text += ["id", "text", "pair"].joined(separator: delimiter)
      for row in 0..<Int.random(in: 0...12, using: &generator) {
        let values = (0..<3).map { _ in
          let count = Int.random(in: 0...5, using: &generator)
          return (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
        }
        expected.append(Example(row: Int64(row), id: values[0], text: values[1], textPair: values[2]))
        text += lineEnd
        text += values.map { value in
          let special: Set<Unicode.Scalar> = ["\"", ",", "\t", "\n", "\r"]
          let mustQuote = value.unicodeScalars.contains { special.contains($0) }
          guard mustQuote || Bool.random(using: &generator) else { return value }
          let doubled = value.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined()
          return "\"" + doubled + "\""
        }.joined(separator: delimiter)
      }
      if Bool.random(using: &generator) { text += lineEnd }
      let path = try directory.write(isTabbed ? "a.tsv" : "a.csv", text)
      let reader = try DatasetReader(
        paths: [path], mapping: ColumnMapping(id: "id", text: "text", textPair: "pair"),
        chunkSize: Int.random(in: 1...40, using: &generator))
      let (records, error) = readAll(reader)
      #expect(error == nil)
      #expect(records.count == expected.count)
      for (record, example) in zip(records, expected) {
        #expect(record.example?.id.utf8.elementsEqual(example.id.utf8) == true, "round \(round)")
        #expect(record.example?.text.utf8.elementsEqual(example.text.utf8) == true)
        #expect(record.example?.textPair?.utf8.elementsEqual(example.textPair?.utf8 ?? "".utf8) == true)
      }
    }
  }

  @Test func neverFailsOnNoise() throws {
    var generator = SeededGenerator(state: 2)
    let alphabet = Array("a,\"\n\r\t{}[]:1\\".utf8) + [0xFF, 0xC3, 0xA9, 0]
    var (good, bad) = (0, 0)
    for round in 0..<400 {
      let name = ["a.csv", "a.tsv", "a.jsonl"][round % 3]
      let header = Array((["text,b\n", "text\tb\n", "{\"text\":\"\"}\n"][round % 3]).utf8)
      let noise = (0..<200).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
      let path = try directory.write(name, header + noise)
      var previous: [DatasetRecord]?
      for chunkSize in [1, 13, 1000] {
        let reader = try DatasetReader(paths: [path], mapping: mapping, chunkSize: chunkSize, maximumRecordSize: 50)
        let (records, error) = readAll(reader)
        #expect(error == nil)
        if let previous { #expect(records == previous) }
        previous = records
      }
      good += previous?.count { $0.example != nil } ?? 0
      bad += previous?.count { $0.bad != nil } ?? 0
    }
    #expect(good > 400)
    #expect(bad > 400)
  }
}
