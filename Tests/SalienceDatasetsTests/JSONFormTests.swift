import SalienceDatasets
import SalienceTestSupport
import Testing

/// What JSON files hold, whatever they are called.
@Suite struct JSONFormTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func read(
    _ name: String, _ text: String, chunkSize: Int = 5, maximumRecordSize: Int = 1 << 20
  ) throws -> (records: [DatasetRecord], error: DatasetError?) {
    let path = try directory.write(name, text)
    return readAll(
      try DatasetReader(
        paths: [path], mapping: ColumnMapping(id: "id", text: "text"), chunkSize: chunkSize,
        maximumRecordSize: maximumRecordSize))
  }

  private static let first = #"{"id": "a", "text": "Not bad"}"#
  private static let second = #"{"id": "b", "text": "Aw\u0066ul", "x": [{"text": "no"}]}"#

  @Test(
    arguments: ["a.json", "a.jsonl"],
    [
      "[\(first), \(second)]", "\u{FEFF} [\n  \(first),\n\n  \(second)\n]\n", "\(first)\n\(second)\n",
      "\(first)\r\n\n\(second)",
    ]) func arraysAndLinesAreReadAsWhatTheyAre(_ name: String, _ text: String) throws
  {
    for chunkSize in [1, 2, 3, 7, 64, 4096] {
      let (records, error) = try read(name, text, chunkSize: chunkSize)
      #expect(error == nil)
      #expect(
        records.map(\.example) == [
          Example(row: 0, id: "a", text: "Not bad"), Example(row: 1, id: "b", text: "Awful"),
        ])
    }
    let reader = try DatasetReader(
      paths: [try directory.write(name, text)], mapping: ColumnMapping(text: "text"), chunkSize: 4)
    #expect(try reader.skip(1) == 1)
    #expect(try reader.next()?.example?.text == "Awful")
  }

  @Test func objectsOverSeveralLinesAreRead() throws {
    let pretty = { (text: String) in text.replacing("{", with: "{\n  ").replacing(",", with: ",\n  ") }
    let (records, error) = try read("a.json", pretty(Self.first) + "\n" + pretty(Self.second))
    #expect(error == nil)
    #expect(records.map { $0.example?.id } == ["a", "b"])
    #expect(records.map(\.location.line) == [1, 4])
    #expect(try read("b.json", Self.first).records.count == 1)
    #expect(try read("c.json", "").records.isEmpty)
    #expect(try read("d.json", " [ ] ").records.isEmpty)
  }

  @Test func elementsThatAreNoObjectsAreBadRows() throws {
    let text = "[5, \(Self.first), null, [\(Self.first)], {\"text\": tru}, \"s\", {\"id\": 7}, \(Self.second)]"
    let (records, error) = try read("a.json", text)
    #expect(error == nil)
    #expect(records.map { $0.example?.id } == [nil, "a", nil, nil, nil, nil, nil, "b"])
    #expect(records[0].bad?.reason == "expected an object, not this number")
    #expect(records[4].bad?.reason.hasPrefix("not JSON: ") == true)
    #expect(records[6].bad?.id == "7")
    let long = String(repeating: "x", count: 300)
    let (capped, _) = try read(
      "b.json", "[\(Self.first), {\"text\": \"\(long)\"}, \(Self.second)]", maximumRecordSize: 100)
    #expect(capped.map { $0.example?.id } == ["a", nil, "b"])
    #expect(capped[1].bad?.reason == "longer than 100 bytes")
  }

  /// Python's `json` refuses every one of these files.
  @Test func anArrayThatIsCutOffOrDamagedIsAnError() throws {
    let text = "[\(Self.first), \(Self.second)]"
    for length in 1..<text.utf8.count {
      let (records, error) = try read("a.json", String(text.prefix(length)))
      #expect(error?.code == .damaged && error?.message.hasPrefix("the file ends at byte \(length), ") == true)
      #expect(records.allSatisfy { $0.bad == nil })
    }
    for (damaged, count) in [
      ("[\(Self.first) \(Self.second)]", 1), ("[\(Self.first),, \(Self.second)]", 1), ("[\(Self.first)}", 1),
      ("[\(Self.first), \(Self.second)] \(Self.first)", 2), ("[\(Self.first), {]}]", 1), ("[\(Self.first),]", 1),
    ] {
      let (records, error) = try read("b.json", damaged)
      #expect(records.count == count, "\(damaged)")
      #expect(error?.code == .damaged && error?.message.contains(" at byte ") == true, "\(damaged)")
    }
  }
}
