import Foundation
import SalienceParquet
import Testing

@Suite struct ParquetWriterTests {
  @Test func finishedFileBeginsAndEndsAsParquet() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("a.parquet")
    let schema = ParquetSchema([ParquetColumn("row", .int64), ParquetColumn("id", .string, dictionary: true)])
    let writer = try ParquetWriter(path: path, schema: schema, createdBy: "test")
    try writer.append([.int64([1, 2, 3]), .string(["é", "é", "z"])])
    #expect(try writer.finish() == 3)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(bytes.prefix(4) == Data("PAR1".utf8))
    #expect(bytes.suffix(4) == Data("PAR1".utf8))
  }
}
