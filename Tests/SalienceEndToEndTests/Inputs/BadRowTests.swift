import Foundation
import SalienceParquet
import Testing

extension EndToEndTests {
  @Suite struct BadRows {
    private static let dataset = "id,text\na,a good film\nb,a bad,film\nc,an odd film\n"

    /// The good rows are scored and the broken one is in the errors table.
    private func expectTables(of tiny: TinyPipeline) throws {
      #expect(tiny.isPublished)
      let part = "model=bert-2-f32/part-00000.parquet"
      let errors = try ParquetReader(path: "\(tiny.output)/errors/\(part)")
      #expect(errors.rowCount == 1)
      #expect(try errors.read(column: "dataset_file") == .string(["\(tiny.scratch.path)/texts.csv"]))
      #expect(try errors.read(column: "row") == .int64([1]))
      #expect(try errors.read(column: "stage") == .string(["read"]))
      guard case .string(let messages) = try errors.read(column: "message") else {
        Issue.record("the messages are no strings")
        return
      }
      #expect(messages.first?.contains("line 3") == true, "\(messages)")
      let predictions = try ParquetReader(path: "\(tiny.output)/predictions/\(part)")
      #expect(try predictions.read(column: "row") == .int64([0, 2]))
      #expect(try predictions.read(column: "example_id") == .string(["a", "c"]))
    }

    @Test func manyAllowed() throws {
      let tiny = try TinyPipeline(dataset: Self.dataset)
      let result = try tiny.run("--max-bad-rows", "1000")
      #expect(result.status == 0, "\(result.errors)")
      try expectTables(of: tiny)
    }

    @Test func noneAllowedFailsAfterPublishing() throws {
      let tiny = try TinyPipeline(dataset: Self.dataset)
      let result = try tiny.run("--max-bad-rows", "0")
      #expect(result.status == 65)
      #expect(result.errorLines.count == 1)
      #expect(result.errors.contains("1 of 3 rows"), "\(result.errors)")
      try expectTables(of: tiny)
    }

    @Test(arguments: ["[parquet]", "[parquet, csv]"])
    func nothingButBadRowsIsPublished(formats: String) throws {
      let tiny = try TinyPipeline(dataset: "id,text\na,a bad,film\nb,a bad,film\n")
      let result = try tiny.run("--max-bad-rows", "2", "--set", "output.formats=\(formats)")
      #expect(result.status == 0, "\(result.errors)")
      #expect(tiny.isPublished)
      let errors = try ParquetReader(path: "\(tiny.output)/errors/model=bert-2-f32/part-00000.parquet")
      #expect(try errors.read(column: "row") == .int64([0, 1]))
      #expect(try errors.read(column: "example_id").count == 2)
      #expect(FileManager.default.fileExists(atPath: "\(tiny.output)/tokens.csv") == formats.contains("csv"))
    }
  }
}
