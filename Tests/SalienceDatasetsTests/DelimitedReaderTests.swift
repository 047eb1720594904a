import SalienceDatasets
import SalienceTestSupport
import Testing

@Suite struct DelimitedReaderTests {
  let directory: TemporaryDirectory
  let mapping = ColumnMapping(id: "id", text: "text", label: "label")

  init() throws { directory = try TemporaryDirectory() }

  /// What a record should be: `id|text|label` of an example or `!reason` of a bad row, then its line and byte offset.
  func summary(_ record: DatasetRecord) -> String {
    let place = "@\(record.location.line):\(record.location.byteOffset)"
    if let example = record.example { return "\(example.id)|\(example.text)|\(example.label ?? "-")\(place)" }
    return "!\(record.bad?.id ?? "-")!\(record.bad?.column ?? "-")!\(record.bad?.reason ?? "")\(place)"
  }

  static let cases: [(String, [String])] = [
    ("id,text,label\n1,a,x\n2,b,y\n", ["1|a|x@2:14", "2|b|y@3:20"]),
    ("id,text,label\n1,a,x", ["1|a|x@2:14"]),
    ("id,text,label\r\n1,a,x\r\n2,b,y\r\n", ["1|a|x@2:15", "2|b|y@3:22"]),
    ("id,text,label\r1,a,x\r2,b,y\r", ["1|a|x@2:14", "2|b|y@3:20"]),
    ("\u{FEFF}id,text,label\n1,a,x\n", ["1|a|x@2:17"]),
    ("label,extra,text,id\nx,,a,1\n", ["1|a|x@2:20"]),
    ("\n\r\nid,text,label\n\n\r\n1,a,x\n\n", ["1|a|x@6:20"]),
    ("id,text,label\n1,\"a,b\",x\n", ["1|a,b|x@2:14"]),
    ("id,text,label\n1,\"a\"\"b\"\"\",x\n2,\"\"\"\",\n", ["1|a\"b\"|x@2:14", "2|\"|-@3:27"]),
    ("id,text,label\n1,\"a\nb\r\nc\rd\",x\n2,b,y\n", ["1|a\nb\r\nc\rd|x@2:14", "2|b|y@5:29"]),
    ("\"id\",\"text\",\"label\"\n\"1\",\"a\",\"x\"", ["1|a|x@2:20"]),
    ("id,text,label\n,,\n1,\"\",\"\"\n", ["||-@2:14", "1||-@3:17"]),
    ("id,text,label\n1,5\" wide \"so\",x\n", ["1|5\" wide \"so\"|x@2:14"]),
    ("id,text,label\n1, \"a\" ,x\n", ["1| \"a\" |x@2:14"]),
    ("id,text,label\n1,é😀e\u{301},x\n", ["1|é😀e\u{301}|x@2:14"]),
    ("id,text,label\n", []), ("id,text,label", []),
    (
      "id,text,label\n1,a\n2,b,y\n3,a,b,c\n4,d,z",
      [
        "!1!-!2 fields where the header has 3@2:14", "2|b|y@3:18", "!3!-!4 fields where the header has 3@4:24",
        "4|d|z@5:32",
      ]
    ),
    (
      "id,text,label\n1,\"a\"b,x\n2,c,y\n",
      ["!1!text!text after the closing quote; the quote opened on line 2@2:14", "2|c|y@3:23"]
    ),
    (
      "id,text,label\n1,\"a,x\n2,c,y\n3,d,z",
      ["!1!text!the quote opened on line 2 is never closed@2:14", "2|c|y@3:21", "3|d|z@4:27"]
    ),
    (
      "id,text,label\r\n1,\"a,x\r\n2,\"c\",y\r\n",
      ["!1!text!text after the closing quote; the quote opened on line 2@2:15", "2|c|y@3:23"]
    ),
    (
      "id,text,label\n\"1\n\",\"a\nb,x\n2,c,y\n",
      [
        "!1\n!text!the quote opened on line 3 is never closed@2:14", "!b!-!2 fields where the header has 3@4:22",
        "2|c|y@5:26",
      ]
    ),
    ("id,text,label\n1,\"a", ["!1!text!the quote opened on line 2 is never closed@2:14"]),
    ("id,text,label\n\"", ["!-!id!the quote opened on line 2 is never closed@2:14"]),
  ]

  @Test(arguments: cases.indices)
  func readsAtEveryChunkSize(index: Int) throws {
    let (text, expected) = Self.cases[index]
    let path = try directory.write("a.csv", text)
    for chunkSize in 1...text.utf8.count + 1 {
      let reader = try DatasetReader(
        paths: [path], mapping: mapping, options: DatasetOptions(quote: .enclosing), chunkSize: chunkSize)
      let (records, error) = readAll(reader)
      #expect(error == nil)
      #expect(records.map(summary) == expected, "chunks of \(chunkSize)")
      #expect(records.map(\.row) == Array(0..<Int64(records.count)))
    }
  }

  @Test func readsTabs() throws {
    let path = try directory.write("a.TSV", "id\ttext\tlabel\n1\ta,b\tx\n2\t\"c\td\"\ty\n")
    let (records, _) = readAll(try DatasetReader(paths: [path], mapping: mapping))
    #expect(records.map(summary) == ["1|a,b|x@2:14", "2|c\td|y@3:22"])
  }

  @Test func badUTF8IsABadRowWhereItIsMapped() throws {
    var bytes = Array("id,text,label,other\n1,a,x,".utf8) + [0xFF, 0x0A]
    bytes += Array("2,b".utf8) + [0xC3] + Array(",y,\n3,c,z,\n".utf8) + [0xE9] + Array(",d,z,\n".utf8)
    let path = try directory.write("a.csv", bytes)
    let (records, _) = readAll(try DatasetReader(paths: [path], mapping: mapping))
    #expect(
      records.map(summary) == [
        "1|a|x@2:20", "!2!text!invalid UTF-8@3:28", "3|c|z@4:36", "!-!id!invalid UTF-8@5:43",
      ])
  }

  @Test func namesTheNearestColumn() throws {
    let path = try directory.write("a.csv", "id,Text,lable\n1,a,b\n")
    let error = #expect(throws: DatasetError.self) { try DatasetReader(paths: [path], mapping: mapping) }
    #expect(error?.code == .missingColumn)
    #expect(error?.column == "text")
    #expect(error?.description == "\(path): no column 'text'; the nearest is 'Text'")
    let label = #expect(throws: DatasetError.self) {
      try DatasetReader(paths: [path], mapping: ColumnMapping(text: "Text", label: "label"))
    }
    #expect(label?.message == "no column 'label'; the nearest is 'lable'")
    let pair = #expect(throws: DatasetError.self) {
      try DatasetReader(paths: [path], mapping: ColumnMapping(text: "Text", textPair: "question"))
    }
    #expect(pair?.message == "no column 'question'; known are id, Text, lable")
  }

  @Test func refusesHeadersThatCannotBeUsed() throws {
    let faults: [([UInt8], DatasetError.Code)] = [
      ([], .missingColumn), (Array("\n\n".utf8), .missingColumn), (Array("text,text\n".utf8), .missingColumn),
      (Array("\"text".utf8), .damaged), (Array("\"text\"x\n".utf8), .damaged), ([0xFF, 0x0A], .damaged),
      ([0xFF, 0xFE, 0x74, 0x00], .unsupported), ([0xFE, 0xFF, 0x00, 0x74], .unsupported),
    ]
    for (bytes, code) in faults {
      let path = try directory.write("a.csv", bytes)
      let error = #expect(throws: DatasetError.self) {
        try DatasetReader(paths: [path], mapping: ColumnMapping(text: "text"))
      }
      #expect(error?.code == code)
      #expect(error?.file == path)
    }
  }

  /// A file that was cut off says so in its last row.
  @Test(arguments: [("a.csv", "text,label\na,b\nc"), ("a.jsonl", "{\"text\":\"a\"}\n{\"text\":\"b")])
  func aLastRowThatIsCutSaysSo(_ name: String, _ text: String) throws {
    let reader = try DatasetReader(paths: [try directory.write(name, text)], mapping: ColumnMapping(text: "text"))
    let records = readAll(reader).records
    #expect(records.count == 2 && records[1].bad?.reason.hasSuffix("was it cut off?") == true)
    let whole = try DatasetReader(
      paths: [try directory.write(name, text + "\n")], mapping: ColumnMapping(text: "text"))
    #expect(readAll(whole).records[1].bad?.reason.hasSuffix("was it cut off?") == false)
  }

  @Test func givesRowNumbersWhereNoIDIsMapped() throws {
    let path = try directory.write("a.csv", "text,pair\na,b\nc\nd,\n")
    let reader = try DatasetReader(paths: [path], mapping: ColumnMapping(text: "text", textPair: "pair"))
    let (records, _) = readAll(reader)
    #expect(records.map { $0.example?.id } == ["0", nil, "2"])
    #expect(records.map { $0.example?.textPair } == ["b", nil, ""])
    #expect(records[1].bad?.id == nil)
  }
}
