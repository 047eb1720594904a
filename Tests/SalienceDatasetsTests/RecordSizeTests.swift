import Foundation
import SalienceDatasets
import SalienceTestSupport
import Testing

@Suite struct RecordSizeTests {
  let directory: TemporaryDirectory
  let mapping = ColumnMapping(id: "id", text: "text")

  init() throws { directory = try TemporaryDirectory() }

  @Test(arguments: [1, 7, 64, 4096])
  func capsLinesAndGoesOn(chunkSize: Int) throws {
    let fits = String(repeating: "a", count: 98)
    for (name, lines) in [
      ("a.csv", ["id,text", "1,\(fits)", "2,\(fits)a", "3,\(String(repeating: "b", count: 5000))", "4,c"]),
      (
        "a.jsonl",
        [
          #"{"id":1,"text":"\#(fits.dropLast(16))"}"#, #"{"id":2,"text":"\#(fits.dropLast(16))a"}"#,
          #"{"id":3,"text":"\#(String(repeating: "b", count: 5000))"}"#, #"{"id":4,"text":"c"}"#,
        ]
      ),
    ] {
      let path = try directory.write(name, lines.joined(separator: "\n"))
      let reader = try DatasetReader(paths: [path], mapping: mapping, chunkSize: chunkSize, maximumRecordSize: 100)
      let (records, error) = readAll(reader)
      #expect(error == nil)
      #expect(records.map { $0.example?.id } == ["1", nil, nil, "4"], "\(name)")
      #expect(records[1].bad?.reason == "longer than 100 bytes")
      #expect(records[1].location.line == lines.count - 2)
      #expect(records[3].location.line == lines.count)
    }
  }

  @Test(arguments: [1, 7, 64, 4096])
  func resynchronisesAfterAnOpenQuote(chunkSize: Int) throws {
    let rows = (0..<200).map { $0 == 50 ? "\($0),\"open" : "\($0),row \($0)" }
    let path = try directory.write("a.csv", (["id,text"] + rows).joined(separator: "\n"))
    let reader = try DatasetReader(
      paths: [path], mapping: mapping, options: DatasetOptions(quote: .enclosing), chunkSize: chunkSize,
      maximumRecordSize: 300)
    let (records, error) = readAll(reader)
    #expect(error == nil)
    #expect(records.count == 200)
    #expect(records.compactMap(\.bad).count == 1)
    let reason = "the quote opened on line 52 is not closed within 300 bytes of the record's beginning"
    #expect(records[50].bad?.reason == reason)
    #expect(records[50].location.line == 52)
    #expect(records[51].example?.text == "row 51")
    #expect(records.map(\.location.line) == Array(2...201))
  }

  @Test func passesOverALineThatIsOneOpenQuote() throws {
    let text = "id,text\n1,\"" + String(repeating: "x", count: 3_000_000) + "\n2,b\n"
    let path = try directory.write("a.csv", text)
    let (records, error) = readAll(try DatasetReader(paths: [path], mapping: mapping))
    #expect(error == nil)
    #expect(records.map { $0.example?.id } == [nil, "2"])
  }

  /// How much this process grows while `body` runs, in bytes; the least of some tries, because tests run side by side.
  func leastGrowth(_ body: () throws -> DatasetReader) throws -> Int {
    func resident() throws -> Int {
      let status = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
      return try #require(status.split(separator: " ").dropFirst().first.flatMap { Int($0) }) * 4096
    }
    // Glibc's module leaves malloc.h out.
    let symbol = try #require(dlsym(nil, "malloc_trim"))
    let trim = unsafeBitCast(symbol, to: (@convention(c) (Int) -> Int32).self)
    var least = Int.max
    for _ in 0..<6 where least > 40_000_000 {
      // What earlier tries have freed goes back to the system, so that it cannot hide growth.
      _ = trim(0)
      let before = try resident()
      try withExtendedLifetime(body()) { least = min(least, try resident() - before) }
    }
    return least
  }

  @Test(arguments: ["csv", "jsonl"])
  func readsLargeFilesInConstantMemory(kind: String) throws {
    let text = String(repeating: "lorem ipsum ", count: 80)
    let row = kind == "csv" ? "7,\"\(text)\"\n" : "{\"id\":7,\"text\":\"\(text)\"}\n"
    let block = Array(String(repeating: row, count: 2_000).utf8)
    let header: [UInt8] = kind == "csv" ? gzip(Array("id,text\n".utf8)) : []
    let member = gzip(block)
    let path = try directory.write("a.\(kind).gz", header + Array([[UInt8]](repeating: member, count: 100).joined()))
    #expect(block.count * 100 > 190_000_000)
    let growth = try leastGrowth {
      let reader = try DatasetReader(paths: [path], mapping: mapping)
      var count = 0
      while let record = try reader.next() {
        if record.example?.text.utf8.count == text.utf8.count { count += 1 }
      }
      #expect(count == 200_000)
      return reader
    }
    #expect(growth < 40_000_000)
  }

  @Test func compressionBombsCostNoMemory() throws {
    // One line of 256 MB.
    let bomb = gzip([UInt8](repeating: 0x61, count: 32_000_000))
    let path = try directory.write(
      "a.csv.gz", gzip(Array("id,text\n1,".utf8)) + Array([[UInt8]](repeating: bomb, count: 8).joined()))
    let growth = try leastGrowth {
      let reader = try DatasetReader(paths: [path], mapping: mapping)
      let (records, error) = readAll(reader)
      #expect(error == nil)
      #expect(records.map { $0.bad?.reason } == ["longer than 1048576 bytes"])
      return reader
    }
    #expect(growth < 40_000_000)
  }
}
