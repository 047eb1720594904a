import Foundation
import SalienceParquet
import SalienceTestSupport
import Testing

@Suite struct ParquetWriterTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func bytesDoNotDependOnHowRowsAreSplit() throws {
    let table = RandomTable(seed: 77, rowCount: 5000)
    var files: [Data] = []
    for step in [5000, 1, 17, 1024] {
      let path = directory.file("split-\(step).parquet")
      let writer = try ParquetWriter(
        path: path, schema: table.schema, createdBy: "test", keyValueMetadata: ["b": "2", "a": "1", "c": "3"],
        rowGroupRows: 3000, rowGroupBytes: 30_000)
      let whole = directory.file("whole-\(step).parquet")
      let source = try ParquetWriter(path: whole, schema: table.schema, createdBy: "test", rowGroupRows: step)
      try source.append(table.columns)
      _ = try source.finish()
      let reader = try ParquetReader(path: whole)
      for group in 0..<reader.rowGroupCount {
        try writer.append(table.schema.columns.map { try reader.read(column: $0.name, rowGroup: group) })
      }
      #expect(try writer.finish() == 5000)
      files.append(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
    #expect(Set(files).count == 1)
  }

  @Test func wrongColumnsAreRefusedAndNothingIsAppended() throws {
    let path = directory.file("wrong.parquet")
    let schema = ParquetSchema([ParquetColumn("i", .int32), ParquetColumn("s", .string)])
    let writer = try ParquetWriter(path: path, schema: schema, createdBy: "test")
    let wrong: [[ColumnData]] = [
      [], [.int32([1])], [.int32([1]), .string([])], [.int64([1]), .string(["a"])],
      [.optionalInt32([1]), .string(["a"])], [.int32([1]), .string(["a"]), .string(["a"])],
    ]
    for columns in wrong {
      expectError(.invalidColumns, naming: path) { try writer.append(columns) }
    }
    try writer.append([.int32([1]), .string(["a"])])
    #expect(try writer.finish() == 1)
    #expect(try ParquetReader(path: path).read(column: "i") == .int32([1]))
  }

  @Test func schemasWithoutMeaningAreRefused() throws {
    let path = directory.file("schema.parquet")
    let schemas = [
      ParquetSchema([]), ParquetSchema([ParquetColumn("", .int32)]),
      ParquetSchema([ParquetColumn("a", .int32), ParquetColumn("a", .string)]),
    ]
    for schema in schemas {
      expectError(.invalidSchema, naming: path) { _ = try ParquetWriter(path: path, schema: schema, createdBy: "t") }
    }
    #expect(!FileManager.default.fileExists(atPath: path))
    // Canonically equivalent names differ in bytes, so both are allowed.
    let twins = ParquetSchema([ParquetColumn("\u{e9}", .int32), ParquetColumn("e\u{301}", .int64)])
    let writer = try ParquetWriter(path: path, schema: twins, createdBy: "t")
    try writer.append([.int32([1]), .int64([2])])
    _ = try writer.finish()
    #expect(try ParquetReader(path: path).read(column: "e\u{301}") == .int64([2]))
  }

  @Test func unwritablePathIsNamed() throws {
    let path = directory.file("missing/a.parquet")
    let schema = ParquetSchema([ParquetColumn("i", .int32)])
    expectError(.cannotWrite, naming: path) { _ = try ParquetWriter(path: path, schema: schema, createdBy: "t") }
    expectError(.cannotWrite, naming: directory.path) {
      _ = try ParquetWriter(path: directory.path, schema: schema, createdBy: "t")
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "this system has no /dev/full"))
  func fullDiskIsNamedAndTheDeviceStays() throws {
    let schema = ParquetSchema([ParquetColumn("i", .int32)])
    expectError(.cannotWrite, naming: "/dev/full") {
      let writer = try ParquetWriter(path: "/dev/full", schema: schema, createdBy: "t")
      try writer.append([.int32([1])])
      _ = try writer.finish()
    }
    #expect(FileManager.default.fileExists(atPath: "/dev/full"))
  }

  @Test func abandonedFilesAreRemoved() throws {
    let schema = ParquetSchema([ParquetColumn("i", .int32)])
    let cancelled = directory.file("cancelled.parquet")
    let writer = try ParquetWriter(path: cancelled, schema: schema, createdBy: "t")
    try writer.append([.int32([1])])
    #expect(FileManager.default.fileExists(atPath: cancelled))
    writer.cancel()
    #expect(!FileManager.default.fileExists(atPath: cancelled))
    expectError(.closed, naming: cancelled) { try writer.append([.int32([1])]) }
    expectError(.closed, naming: cancelled) { _ = try writer.finish() }

    let released = directory.file("released.parquet")
    _ = try ParquetWriter(path: released, schema: schema, createdBy: "t")
    #expect(!FileManager.default.fileExists(atPath: released))

    let finished = directory.file("finished.parquet")
    let last = try ParquetWriter(path: finished, schema: schema, createdBy: "t")
    _ = try last.finish()
    last.cancel()
    #expect(FileManager.default.fileExists(atPath: finished))
    expectError(.closed, naming: finished) { _ = try last.finish() }
  }
}
