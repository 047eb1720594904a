import Foundation
import SalienceParquet
import SalienceTestSupport
import Testing

private let python = ProcessInfo.processInfo.environment["SALIENCE_PYTHON"]

@Suite struct CorruptFileTests {
  private let directory: TemporaryDirectory
  private let schema = ParquetSchema([
    ParquetColumn("i", .int64), ParquetColumn("s", .string, optional: true, dictionary: true),
    ParquetColumn("l", .floatList), ParquetColumn("b", .bool),
  ])
  private let columns: [ColumnData] = [
    .int64((0..<40).map { Int64($0 * $0) }), .optionalString((0..<40).map { $0 % 7 == 0 ? nil : "value \($0 % 3)" }),
    .floatList((0..<40).map { [Float](repeating: Float($0), count: $0 % 4) }), .bool((0..<40).map { $0 % 3 == 0 }),
  ]

  init() throws { directory = try TemporaryDirectory() }

  private func bytes(_ compression: Compression) throws -> [UInt8] {
    let path = directory.file("good-\(compression).parquet")
    let writer = try ParquetWriter(
      path: path, schema: schema, compression: compression, createdBy: "t", rowGroupRows: 25)
    try writer.append(columns)
    _ = try writer.finish()
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// Reads every column; nil where the file is refused, which must be with a `ParquetError` that names it.
  private func read(_ bytes: [UInt8]) throws -> [ColumnData]? {
    let path = directory.file("bad.parquet")
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    do {
      let reader = try ParquetReader(path: path)
      return try reader.schema.columns.map { try reader.read(column: $0.name) }
    } catch let error as ParquetError {
      #expect(error.description.contains(path))
      #expect([.corrupt, .notParquet, .unsupported].contains(error.code))
      return nil
    }
  }

  @Test func everyTruncationIsRefused() throws {
    let good = try bytes(.zstd)
    #expect(try read(good) == columns)
    for length in 0..<good.count { #expect(try read(Array(good[..<length])) == nil, "\(length) bytes") }
  }

  @Test(arguments: Compression.allCases)
  func noFlippedBitBeforeTheFooterGoesUnnoticed(compression: Compression) throws {
    let good = try bytes(compression)
    let footerLength = good[(good.count - 8)...].prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    let footer = good.count - 8 - footerLength
    var refused = 0
    for index in good.indices {
      var bad = good
      bad[index] ^= UInt8(1 << (index % 8))
      guard let data = try read(bad) else {
        refused += 1
        continue
      }
      // What is read without complaint is what was written, or a footer that names or types columns otherwise.
      if index < footer { #expect(data == columns, "byte \(index)") }
    }
    #expect(refused > good.count / 2)
  }

  @Test func foreignFileIsReadAndItsDamageNeverCrashes() throws {
    // Written by pyarrow without page checksums, so that damage reaches the decoders.
    let fixture = Repository.root.appending(path: "Tests/SalienceParquetTests/Fixtures/pyarrow.parquet")
    let good = [UInt8](try Data(contentsOf: fixture))
    let expected: [ColumnData] = [
      .int64((0..<60).map { Int64($0) }), .optionalString((0..<60).map { $0 % 5 == 0 ? nil : "w\($0 % 4)" }),
      .optionalFloatList((0..<60).map { $0 % 6 == 0 ? nil : [Float](repeating: Float($0) / 2, count: $0 % 3) }),
      .bool((0..<60).map { $0 % 2 == 0 }), .optionalInt8((0..<60).map { $0 % 9 == 0 ? nil : Int8($0 - 30) }),
    ]
    #expect(try read(good) == expected)
    var random = SeededGenerator(seed: 1)
    var refused = 0
    for _ in 0..<3000 {
      var bad = good
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bad[Int.random(in: bad.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if try read(bad) == nil { refused += 1 }
    }
    #expect(refused > 500)
  }

  /// Files of some kilobytes, written by pyarrow, that would unpack to gigabytes; none may be unpacked.
  @Test(
    .enabled(if: python != nil, "SALIENCE_PYTHON names no Python with pyarrow"),
    arguments: ([
      // One row group of three million rows.
      (
        "pa.table({'x': pa.array([7] * 3_000_000, pa.int64())})", "row_group_size=3_000_000",
        "row group of 3000000 rows"
      ),
      // One text of 200 kB, five thousand times.
      (
        "pa.table({'x': pa.DictionaryArray.from_arrays(pa.array([0] * 5000, pa.int32()), ['a' * 200_000]).cast("
          + "pa.dictionary(pa.int32(), pa.string()))})",
        "dictionary_pagesize_limit=1 << 30", "unpacks to more than"
      ),
      // A page of 300 MB of one letter.
      ("pa.table({'x': ['a' * 300_000_000]})", "use_dictionary=False", "unpacks to more than"),
    ] as [(String, String, String)]).map { Named($0.1, $0) })
  func smallFilesThatUnpackToGigabytesAreRefused(_ file: Named<(String, String, String)>) throws {
    let (table, option, message) = file.value
    let path = directory.file("hostile.parquet")
    let script = """
      import sys, pyarrow as pa, pyarrow.parquet as pq
      options = dict(compression='zstd', store_schema=False, write_statistics=False, \(option))
      pq.write_table(\(table), sys.argv[1], **options)
      """
    let program = try Program(#require(python), ["-c", script, path])
    try #require(program.status == 0, "\(program.errors)")
    let size = try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    #expect(size < 1_000_000)
    let error = #expect(throws: ParquetError.self) { _ = try ParquetReader(path: path).read(column: "x") }
    #expect(error?.code == .unsupported && error?.message.contains(message) == true, "\(String(describing: error))")
  }

  @Test func errorsNameFileColumnAndOffset() throws {
    var bad = try bytes(.none)
    bad[60] ^= 0xFF
    let path = directory.file("flipped.parquet")
    try Data(bad).write(to: URL(fileURLWithPath: path))
    let reader = try ParquetReader(path: path)
    let error = #expect(throws: ParquetError.self) { _ = try reader.read(column: "i") }
    #expect(error?.file == path)
    #expect(error?.column == "i")
    #expect(error?.offset == 4)
    #expect(error?.description == "\(path): column 'i': byte 4: a page does not match its checksum")
  }

  @Test func absentThingsAreNamed() throws {
    let path = directory.file("absent.parquet")
    expectError(.cannotRead, naming: path) { _ = try ParquetReader(path: path) }
    expectError(.cannotRead, naming: directory.path) { _ = try ParquetReader(path: directory.path) }
    try Data(try bytes(.zstd)).write(to: URL(fileURLWithPath: path))
    let reader = try ParquetReader(path: path)
    expectError(.notFound, naming: path) { _ = try reader.read(column: "nope") }
    expectError(.notFound, naming: path) { _ = try reader.read(column: "i", rowGroup: 2) }
    expectError(.notFound, naming: path) { _ = try reader.read(column: "i", rowGroup: -1) }
  }
}
