import SalienceDatasets
import SalienceTestSupport
import Testing

@Suite struct CompressionTests {
  let directory: TemporaryDirectory
  let mapping = ColumnMapping(id: "id", text: "text")

  init() throws { directory = try TemporaryDirectory() }

  static let rows = (0..<40).map { "\($0),\"text \($0 * $0 * 7919 % 1000)\"" }
  static let csv = Array((["id,text"] + rows).joined(separator: "\n").utf8)
  static let json = Array((0..<40).map { "{\"id\":\($0),\"text\":\"text \($0 * $0 * 7919 % 1000)\"}\n" }.joined().utf8)
  static let tsv = csv.map { $0 == UInt8(ascii: ",") ? 0x09 : $0 }

  static func files() -> [(name: String, bytes: [UInt8])] {
    [("csv", csv), ("tsv", tsv), ("jsonl", json)].flatMap { (kind, bytes) -> [(name: String, bytes: [UInt8])] in
      let (head, tail) = (Array(bytes[..<100]), Array(bytes[100...]))
      let skippable: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3]
      return [
        ("a.\(kind)", bytes), ("a.\(kind).gz", gzip(bytes)), ("a.\(kind).zst", zstandard(bytes)),
        ("members.\(kind).gz", gzip(head) + gzip([]) + gzip(tail) + [0, 0, 0, 0]),
        ("frames.\(kind).zst", zstandard(head) + skippable + zstandard([]) + zstandard(tail)),
      ]
    }
  }

  @Test func everyFormatAndCompressionGivesTheSameRecords() throws {
    let expected = (0..<40).map { Example(row: $0, id: "\($0)", text: "text \($0 * $0 * 7919 % 1000)") }
    for (name, bytes) in Self.files() {
      let path = try directory.write(name, bytes)
      for chunkSize in [1, 2, 3, 5, 17, 100, 101, 1000, 1 << 18] {
        let (records, error) = readAll(try DatasetReader(paths: [path], mapping: mapping, chunkSize: chunkSize))
        #expect(error == nil, "\(name)")
        #expect(records.map(\.example) == expected, "\(name) in chunks of \(chunkSize)")
      }
    }
  }

  /// Reads a damaged file; the sound records come first, and then an error that names the file.
  func readDamaged(_ name: String, _ bytes: [UInt8], chunkSize: Int = 64) throws -> (Int, DatasetError?) {
    let path = try directory.write(name, bytes)
    do {
      let (records, error) = readAll(try DatasetReader(paths: [path], mapping: mapping, chunkSize: chunkSize))
      for (index, record) in records.enumerated() { #expect(record.example?.id == "\(index)") }
      if let error { #expect(error.file == path) }
      return (records.count, error)
    } catch let error as DatasetError {
      return (0, error)
    }
  }

  @Test(arguments: ["gz", "zst"])
  func truncationAnywhereIsAnError(kind: String) throws {
    for format in ["csv", "jsonl"] {
      let text = format == "csv" ? Self.csv : Self.json
      let whole = kind == "gz" ? gzip(text) : zstandard(text)
      for length in 0..<whole.count {
        let (_, error) = try readDamaged("cut.\(format).\(kind)", Array(whole[..<length]))
        #expect(error?.code == .damaged, "\(length) of \(whole.count)")
        #expect(error?.message.contains("truncated") == true)
        #expect(error?.message.contains("at byte \(length) ") == true)
      }
    }
  }

  @Test func soundRecordsComeBeforeTheError() throws {
    let parts = [Array(Self.json[..<400]), Array(Self.json[400...])]
    let sound = parts[0].count { $0 == 0x0A }
    for (name, head, damaged) in [
      ("a.jsonl.gz", gzip(parts[0]), gzip(parts[1]).dropLast(9)),
      ("b.jsonl.gz", gzip(parts[0]), Array("garbage".utf8)[...]),
      ("a.jsonl.zst", zstandard(parts[0]), zstandard(parts[1]).dropLast(9)),
      ("b.jsonl.zst", zstandard(parts[0]), Array("garbage".utf8)[...]),
    ] {
      for chunkSize in [1, 64, 1 << 18] {
        let (count, error) = try readDamaged(name, head + damaged, chunkSize: chunkSize)
        #expect(error?.code == .damaged, "\(name)")
        #expect(count >= sound)
      }
    }
  }

  @Test func theErrorStays() throws {
    let path = try directory.write("a.jsonl.gz", gzip(Self.json).dropLast(4))
    let reader = try DatasetReader(paths: [path], mapping: mapping)
    let (records, first) = readAll(reader)
    #expect(records.count == 40)
    #expect(first?.code == .damaged)
    #expect(readAll(reader).error == first)
    #expect(throws: DatasetError.self) { try reader.skip(1) }
  }

  @Test func aWrongChecksumIsAnError() throws {
    var bytes = gzip(Self.json)
    bytes[bytes.count - 6] ^= 1
    let (_, error) = try readDamaged("a.jsonl.gz", bytes)
    #expect(error?.message.contains("damaged gzip data at byte") == true)
  }

  @Test func anyChangedByteIsHandled() throws {
    var generator = SeededGenerator(state: 7)
    var faults = 0
    for kind in ["gz", "zst"] {
      let whole = kind == "gz" ? gzip(Self.csv) : zstandard(Self.csv)
      for position in whole.indices {
        var bytes = whole
        bytes[position] ^= UInt8.random(in: 1...255, using: &generator)
        let path = try directory.write("a.csv.\(kind)", bytes)
        do {
          if readAll(try DatasetReader(paths: [path], mapping: mapping, chunkSize: 64)).error != nil { faults += 1 }
        } catch is DatasetError {
          faults += 1
        }
      }
    }
    #expect(faults > 100)
  }

  /// 1.2 GB of one letter: far more than the 200-fold that real files stay under.
  @Test(arguments: ["gz", "zst"]) func compressionBombsAreStopped(kind: String) throws {
    let piece = [UInt8](repeating: 0x61, count: 64 << 20)
    let packed = kind == "gz" ? gzip(piece) : zstandard(piece)
    let head = Array("id,text\n1,a\n2,".utf8)
    let path = try directory.write(
      "bomb.csv.\(kind)",
      (kind == "gz" ? gzip(head) : zstandard(head)) + Array([[UInt8]](repeating: packed, count: 20).joined()))
    let (records, error) = readAll(try DatasetReader(paths: [path], mapping: mapping))
    #expect(records.first?.example?.text == "a" && records.count == 1)
    #expect(error?.code == .damaged && error?.file == path)
    #expect(error?.message.contains("compression bomb") == true)
  }
}
