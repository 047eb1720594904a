import SalienceDatasets
import SalienceTestSupport
import Testing

/// Labels that are lists, and columns that are carried along.
@Suite struct CarriedColumnsTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func listsAreLabels() throws {
    let path = try directory.write(
      "a.jsonl",
      #"{"text":"a","labels":[0,2]}"# + "\n" + #"{"text":"b","labels":[]}"# + "\n"
        + #"{"text":"c","labels":["x", 1.0, true]}"# + "\n" + #"{"text":"d","labels":1.0}"# + "\n"
        + #"{"text":"e","labels":1}"# + "\n" + #"{"text":"f","labels":null}"# + "\n" + #"{"text":"g"}"#)
    let (records, error) = readAll(
      try DatasetReader(paths: [path], mapping: ColumnMapping(text: "text", label: "labels")))
    #expect(error == nil)
    let examples = records.compactMap(\.example)
    #expect(examples.map(\.label) == ["[0,2]", "[]", #"["x",1.0,true]"#, "1.0", "1", nil, nil])
    #expect(examples.map(\.labels) == [["0", "2"], [], ["x", "1.0", "true"], nil, nil, nil, nil])
    let table = try directory.write("a.csv", "text,labels\na,\"[0,2]\"\n")
    let cells = readAll(try DatasetReader(paths: [table], mapping: ColumnMapping(text: "text", label: "labels")))
      .records
    #expect(cells.first?.example == Example(row: 0, id: "0", text: "a", label: "[0,2]"))
  }

  @Test func namedColumnsAreCarriedInTheirOrder() throws {
    let mapping = ColumnMapping(text: "text", keep: ["b", "a"])
    let expected = [
      Example(row: 0, id: "0", text: "x", kept: ["2", "1"]), Example(row: 1, id: "1", text: "y", kept: ["", "p,q"]),
    ]
    let comma = try directory.write("a.csv", "a,text,b\n1,x,2\n\"p,q\",y,\n")
    #expect(readAll(try DatasetReader(paths: [comma], mapping: mapping)).records.map(\.example) == expected)
    let lines = try directory.write(
      "a.jsonl",
      #"{"a":1,"text":"x","b":"2"}"# + "\n" + #"{"a":"p,q","text":"y","b":""}"# + "\n"
        + #"{"a":[1, {"c":null}],"text":"z","b":null}"# + "\n" + #"{"a":true,"text":"w"}"#)
    #expect(
      readAll(try DatasetReader(paths: [lines], mapping: mapping)).records.map(\.example) == expected + [
        Example(row: 2, id: "2", text: "z", kept: [nil, #"[1,{"c":null}]"#]),
        Example(row: 3, id: "3", text: "w", kept: [nil, "true"]),
      ])
    let squad = try directory.write(
      "q.json",
      #"{"data":[{"paragraphs":[{"context":"C","qas":[{"id":"i","question":"Q","answers":[{"text":"C"}]}]}]}]}"#)
    let questions = ColumnMapping(text: "question", keep: ["answer", "context"])
    #expect(
      readAll(try DatasetReader(paths: [squad], mapping: questions)).records.map(\.example)
        == [Example(row: 0, id: "0", text: "Q", kept: ["C", "C"])])
  }

  @Test(arguments: ["a.csv", "a.jsonl"]) func unknownColumnsAreNamed(_ name: String) throws {
    let path = try directory.write(name, name == "a.csv" ? "text,Split\na,b\n" : #"{"text":"a","Split":"b"}"#)
    let error = #expect(throws: DatasetError.self) {
      try DatasetReader(paths: [path], mapping: ColumnMapping(text: "text", keep: ["split"]))
    }
    #expect(error?.code == .missingColumn && error?.column == "split")
    #expect(error?.message == "no column 'split'; the nearest is 'Split'")
  }

  /// What stands in one file of several is enough, but for the text.
  @Test func aFileMayLackWhatIsOptional() throws {
    let mapping = ColumnMapping(id: "id", text: "text", textPair: "pair", label: "label", keep: ["note"])
    let paths = [
      try directory.write("a.csv", "text\nx\n"),
      try directory.write("b.csv", "id,text,pair,label,note\ni,y,p,l,n\n"),
      try directory.write("c.jsonl", #"{"text":"z"}"#), try directory.write("d.jsonl", "nonsense\n"),
    ]
    let (records, error) = readAll(try DatasetReader(paths: paths, mapping: mapping))
    #expect(error == nil)
    #expect(
      records.compactMap(\.example) == [
        Example(row: 0, id: "0", text: "x", kept: [nil]),
        Example(row: 1, id: "i", text: "y", textPair: "p", label: "l", kept: ["n"]),
        Example(row: 2, id: "2", text: "z", kept: [nil]),
      ])
    let missing = #expect(throws: DatasetError.self) {
      try DatasetReader(paths: [paths[0], paths[2]], mapping: ColumnMapping(text: "text", label: "label"))
    }
    #expect(missing?.code == .missingColumn && missing?.file == paths[0])
    let text = #expect(throws: DatasetError.self) {
      try DatasetReader(paths: paths + [try directory.write("e.csv", "txt\nx\n")], mapping: mapping)
    }
    #expect(text?.file?.hasSuffix("e.csv") == true)
  }
}
