import SalienceParquet
import SalienceTestSupport
import Testing

@Suite struct RoundTripTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(arguments: 0..<60)
  func randomTablesComeBackAsWritten(seed: Int) throws {
    let sizes = [1, 2, 7, 8, 9, 100, 1023, 1025, 3000]
    let table = RandomTable(seed: UInt64(seed), rowCount: sizes[seed % sizes.count])
    let path = directory.file("\(seed).parquet")
    let compression: Compression = seed % 2 == 0 ? .zstd : .none
    let groupRows = [50, 1000, 100_000][seed % 3]
    let writer = try ParquetWriter(
      path: path, schema: table.schema, compression: compression, createdBy: "test", rowGroupRows: groupRows)
    try writer.append(table.columns)
    #expect(try writer.finish() == Int64(table.rowCount))

    let reader = try ParquetReader(path: path)
    #expect(reader.rowCount == Int64(table.rowCount))
    #expect(reader.rowGroupCount == (table.rowCount + groupRows - 1) / groupRows)
    #expect(reader.schema.columns.map(\.type) == table.schema.columns.map(\.type))
    #expect(reader.schema.columns.map(\.optional) == table.schema.columns.map(\.optional))
    for (column, data) in zip(table.schema.columns, table.columns) {
      #expect(try reader.read(column: column.name) == data, "column \(column.name)")
    }
  }

  @Test func dictionaryThatGrowsTooLargeContinuesPlain() throws {
    // The first pages repeat 100 values, the later ones are all different and 60 bytes long.
    let repeated = (0..<40_000).map { "value \($0 % 100)" }
    let tail = String(repeating: "x", count: 50)
    let values = repeated + (0..<60_000).map { "\($0 + 1_000_000) \(tail)" }
    let path = directory.file("fallback.parquet")
    let schema = ParquetSchema([ParquetColumn("s", .string, dictionary: true)])
    let writer = try ParquetWriter(path: path, schema: schema, compression: .none, createdBy: "test")
    try writer.append([.string(values)])
    _ = try writer.finish()
    let reader = try ParquetReader(path: path)
    #expect(reader.rowGroupCount == 1)
    #expect(try reader.read(column: "s") == .string(values))
    // Plain, the first 40,000 rows would take 500 kB more.
    let plainSize = values.reduce(0) { $0 + $1.utf8.count + 4 }
    #expect(try fileSize(path) < plainSize - 400_000)
  }

  @Test func largeDictionaryStaysADictionary() throws {
    let values = (0..<90_000).map { Int64($0 / 3) * 1_000_003 }
    let path = directory.file("large.parquet")
    let schema = ParquetSchema([ParquetColumn("i", .int64, dictionary: true)])
    let writer = try ParquetWriter(path: path, schema: schema, compression: .none, createdBy: "test")
    try writer.append([.int64(values)])
    _ = try writer.finish()
    #expect(try ParquetReader(path: path).read(column: "i") == .int64(values))
    #expect(try fileSize(path) < 90_000 * 8 / 2 + 30_000 * 8)
  }

  @Test func rowGroupsEndByRowsAndBySize() throws {
    let path = directory.file("groups.parquet")
    let schema = ParquetSchema([ParquetColumn("i", .int32), ParquetColumn("l", .floatList, optional: true)])
    let writer = try ParquetWriter(path: path, schema: schema, createdBy: "test")
    let numbers = (0..<250_000).map { Int32($0) }
    let lists = numbers.map { number in
      number % 5 == 0 ? nil : [Float](repeating: Float(number), count: Int(number % 4))
    }
    try writer.append([.int32(numbers), .optionalFloatList(lists)])
    #expect(try writer.finish() == 250_000)
    let reader = try ParquetReader(path: path)
    #expect(reader.rowGroupRowCounts == [100_000, 100_000, 50_000])
    #expect(try reader.read(column: "i", rowGroup: 2) == .int32(Array(numbers[200_000...])))
    #expect(try reader.read(column: "l", rowGroup: 1) == .optionalFloatList(Array(lists[100_000..<200_000])))
    #expect(try reader.read(column: "l") == .optionalFloatList(lists))

    let small = directory.file("small-groups.parquet")
    let second = try ParquetWriter(path: small, schema: schema, createdBy: "test", rowGroupBytes: 20_000)
    try second.append([.int32(Array(numbers[..<10_000])), .optionalFloatList(Array(lists[..<10_000]))])
    _ = try second.finish()
    let counts = try ParquetReader(path: small).rowGroupRowCounts
    #expect(counts.count > 3)
    #expect(counts.dropLast().allSatisfy { $0 % 32 == 0 && $0 < 10_000 })
  }

  /// A thousand texts of hundreds of kilobytes would not fit into memory.
  @Test func longRowsEndARowGroupSooner() throws {
    let schema = ParquetSchema([ParquetColumn("s", .string)])
    let path = directory.file("long-rows.parquet")
    let texts = (0..<500).map { String(repeating: "x", count: 100 + $0 % 7) }
    let writer = try ParquetWriter(path: path, schema: schema, createdBy: "test", rowGroupBytes: 6000)
    for text in texts { try writer.append([.string([text])]) }
    #expect(try writer.finish() == 500)
    let reader = try ParquetReader(path: path)
    #expect(reader.rowGroupRowCounts == [64, 64, 64, 64, 64, 64, 64, 52])
    #expect(try reader.read(column: "s") == .string(texts))
  }

  @Test func requiredValuesFillOptionalColumns() throws {
    let path = directory.file("optional.parquet")
    let schema = ParquetSchema([
      ParquetColumn("s", .string, optional: true), ParquetColumn("l", .floatList, optional: true),
    ])
    let writer = try ParquetWriter(path: path, schema: schema, createdBy: "test")
    try writer.append([.string(["a", ""]), .floatList([[], [1]])])
    try writer.append([.optionalString([nil]), .optionalFloatList([nil])])
    _ = try writer.finish()
    let reader = try ParquetReader(path: path)
    #expect(try reader.read(column: "s") == .optionalString(["a", "", nil]))
    #expect(try reader.read(column: "l") == .optionalFloatList([[], [1], nil]))
  }

  @Test func footerKeepsItsEntries() throws {
    let path = directory.file("footer.parquet")
    let schema = ParquetSchema([ParquetColumn("i", .int8)])
    let entries = ["model": "demo", "ключ": "значение\n", "empty": ""]
    let writer = try ParquetWriter(
      path: path, schema: schema, createdBy: "salience version 1.2.3", keyValueMetadata: entries)
    #expect(try writer.finish() == 0)
    let reader = try ParquetReader(path: path)
    #expect(reader.keyValueMetadata == entries)
    #expect(reader.createdBy == "salience version 1.2.3")
    #expect(reader.rowCount == 0)
    #expect(try reader.read(column: "i") == .int8([]))
  }
}
