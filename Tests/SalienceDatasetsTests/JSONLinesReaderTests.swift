import SalienceDatasets
import SalienceTestSupport
import Testing

@Suite struct JSONLinesReaderTests {
  let directory: TemporaryDirectory
  let mapping = ColumnMapping(id: "id", text: "text", textPair: "pair", label: "label")

  init() throws { directory = try TemporaryDirectory() }

  @Test func readsAtEveryChunkSize() throws {
    let text =
      "\u{FEFF}" + #"{"label":"x","pair":"b","text":"a\n\u00e9\ud83d\ude00","id":"1"}"# + "\r\n\n  \t\r\n"
      + #"{"id":2,"text":"","pair":"","label":true}"# + "\n" + #"{"text":"c","pair":"d","more":{"a":[]}}"# + "\n"
      + #" {"id":null,"text":"e","pair":"f","label":null}"# + "\n" + #"{"id":1.50,"text":"g","pair":"h","label":-0}"#
    let path = try directory.write("a.jsonl", text)
    let expected = [
      Example(row: 0, id: "1", text: "a\né😀", textPair: "b", label: "x"),
      Example(row: 1, id: "2", text: "", textPair: "", label: "true"),
      Example(row: 2, id: "2", text: "c", textPair: "d"), Example(row: 3, id: "3", text: "e", textPair: "f"),
      Example(row: 4, id: "1.50", text: "g", textPair: "h", label: "-0"),
    ]
    for chunkSize in 1...text.utf8.count {
      let (records, error) = readAll(try DatasetReader(paths: [path], mapping: mapping, chunkSize: chunkSize))
      #expect(error == nil)
      #expect(records.map(\.example) == expected)
      #expect(records.map(\.location.line) == [1, 4, 5, 6, 7])
      #expect(records.map(\.location.byteOffset) == [3, 75, 117, 157, 205])
    }
  }

  @Test func badLinesBecomeBadRows() throws {
    let good = #"{"id":"g","text":"a","pair":"b","label":"l"}"#
    let cases: [(String, id: String?, column: String?, reason: String)] = [
      (#"{"id":"7","text":"#, nil, nil, "not JSON: the document ends where a value must stand at byte 17 of the line"),
      ("nonsense", nil, nil, "not JSON: no JSON value begins here at byte 0 of the line"),
      (good + good, nil, nil, "not JSON: more data after the end of the document at byte 44 of the line"),
      (#"{"text":"\ud800"}"#, nil, "text", "not JSON: lone surrogate in an escape at byte 1 of the value"),
      ("[1]", nil, nil, "expected an object, not this array"), ("null", nil, nil, "expected an object, not this null"),
      (#"{"id":7,"pair":"b"}"#, "7", "text", "missing"),
      (#"{"id":7,"text":null,"pair":"b"}"#, "7", "text", "expected a string, not this null"),
      (#"{"id":7,"text":5,"pair":"b"}"#, "7", "text", "expected a string, not this number"),
      (#"{"id":7,"text":"a","pair":["b"]}"#, "7", "pair", "expected a string, not this array"),
      (#"{"id":[],"text":"a","pair":"b"}"#, nil, "id", "expected a string, number or boolean, not this array"),
      (
        #"{"id":7,"text":"a","pair":"b","label":{}}"#, "7", "label",
        "expected a string, number, boolean or a list of them, not this object"
      ),
      (
        #"{"id":7,"text":"a","pair":"b","label":[1,[2]]}"#, "7", "label",
        "expected a list of strings, numbers or booleans, not one with this array"
      ),
      (String(repeating: "[", count: 5000), nil, nil, "not JSON: nested deeper than 64 levels at byte 64 of the line"),
    ]
    let path = try directory.write("a.jsonl", ([good] + cases.map(\.0) + [good]).joined(separator: "\n"))
    let (records, error) = readAll(try DatasetReader(paths: [path], mapping: mapping))
    #expect(error == nil)
    #expect(records.count == cases.count + 2)
    #expect(records.last?.example?.row == Int64(cases.count + 1))
    for (record, expected) in zip(records.dropFirst(), cases) {
      #expect(record.bad?.id == expected.id)
      #expect(record.bad?.column == expected.column)
      #expect(record.bad?.reason == expected.reason)
      #expect(record.bad?.location.line == Int(record.row) + 1)
    }
  }

  /// What Python's `json` writes in members that nobody asked for.
  @Test func membersThatNobodyMappedLoseNothing() throws {
    let path = try directory.write(
      "a.jsonl",
      #"{"text":"Not bad","score":NaN,"s":[Infinity,-Infinity]}"# + "\n" + #"{"text":"Awful","note":"\ud83d"}"# + "\n"
        + #"{"text":"Fine","tags":["x",1]}"# + "\n" + #"{"text":"So so","pair":null}"# + "\n"
        + #"{"\ude00":1,"te\u0078t":"Odd","text":"\ud83d"}"# + "\n" + #"{"n":"\ud83d","pair":"p","te\u0078t":"Odd"}"#)
    let reader = try DatasetReader(paths: [path], mapping: ColumnMapping(text: "text", textPair: "pair"))
    let (records, _) = readAll(reader)
    #expect(records.map { $0.example?.text } == ["Not bad", "Awful", "Fine", "So so", nil, "Odd"])
    #expect(records.map { $0.example?.textPair } == [nil, nil, nil, nil, nil, "p"])
    #expect(records[4].bad?.column == "text")
    #expect(records[4].bad?.reason == "not JSON: lone surrogate in an escape at byte 1 of the value")
    let scores = ColumnMapping(text: "text", label: "score", keep: ["note"])
    let carried = readAll(try DatasetReader(paths: [path], mapping: scores)).records
    #expect(carried[0].example?.label == "NaN")
    #expect(carried[1].bad?.column == "note")
  }

  @Test func dottedPathsLeadIntoObjects() throws {
    let path = try directory.write(
      "a.jsonl",
      #"{"id":"a","data":{"text":"Not bad","x":{"y":1}}}"# + "\n" + #"{"data.text":"literal","data":{"text":"no"}}"#
        + "\n"
        + #"{"data":{"text":"with a half","n":"\ud83d"},"data.x":{"y":2}}"# + "\n" + #"{"data":{"txt":1}}"# + "\n"
        + #"{"data":5}"#)
    let reader = try DatasetReader(paths: [path], mapping: ColumnMapping(text: "data.text", keep: ["data.x.y"]))
    let (records, _) = readAll(reader)
    #expect(records.map { $0.example?.text } == ["Not bad", "literal", "with a half", nil, nil])
    #expect(records.prefix(3).map { $0.example?.kept } == [["1"], [nil], ["2"]])
    #expect(records[3].bad?.reason == "missing" && records[4].bad?.reason == "missing")
    let error = #expect(throws: DatasetError.self) {
      try DatasetReader(paths: [path], mapping: ColumnMapping(text: "data.tetx"))
    }
    #expect(error?.message == "no column 'data.tetx'; the nearest is 'data.text'")
  }

  @Test func badUTF8IsABadRow() throws {
    var bytes = Array(#"{"text":"a"}"#.utf8) + [0x0A]
    bytes += Array(#"{"text":""#.utf8) + [0xC3, 0x28] + Array("\"}\n".utf8) + Array(#"{"text":"b"}"#.utf8)
    let path = try directory.write("a.jsonl", bytes)
    let (records, _) = readAll(try DatasetReader(paths: [path], mapping: ColumnMapping(text: "text")))
    #expect(records.map { $0.example?.text } == ["a", nil, "b"])
    #expect(records[1].bad?.reason == "not JSON: invalid UTF-8 at byte 9 of the line")
    #expect(records[1].location == RecordLocation(file: path, line: 2, byteOffset: 13))
  }

  @Test func namesTheNearestColumn() throws {
    let lines = (0..<120).map { #"{"Text":"\#($0)","id":\#($0)}"# }.joined(separator: "\n")
    let path = try directory.write("a.jsonl", lines)
    let error = #expect(throws: DatasetError.self) { try DatasetReader(paths: [path], mapping: mapping) }
    #expect(error?.code == .missingColumn)
    #expect(error?.description == "\(path): no column 'text'; the nearest is 'Text'")
    // A column that turns up among the first hundred will do.
    let later = try directory.write("b.jsonl", #"{"id":1}"# + "\n" + #"{"text":"a"}"#)
    let reader = try DatasetReader(paths: [later], mapping: ColumnMapping(id: "id", text: "text"))
    #expect(readAll(reader).records.map { $0.example?.text } == [nil, "a"])
  }

  @Test func emptyFilesHaveNoRecords() throws {
    for text in ["", "\n", " \n\r\n", "\u{FEFF}"] {
      let path = try directory.write("a.jsonl", text)
      let (records, error) = readAll(try DatasetReader(paths: [path], mapping: mapping))
      #expect(records.isEmpty)
      #expect(error == nil)
    }
  }
}
