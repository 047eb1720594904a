import Foundation
import SalienceParquet
import SalienceReports
import Testing

/// A table as a newcomer adds one: everything else follows from this.
private struct PaceRow: TableRow, Equatable {
  enum Device: String, NamedCell { case cpu, vulkan }

  var model = ""
  var device = Device.cpu
  var texts: Int32 = 0
  var seconds = 0.0
  var share: Double?
  var note: String?
  var layers: [Float] = []

  static let table = TableDefinition<PaceRow>("pace", doc: "One row per model: how fast it went.") {
    Column("model", \.model, dictionary: true, doc: "The model's name.")
    Column("device", \.device, dictionary: true, doc: "`cpu` or `vulkan`.")
    Column("texts", \.texts, doc: "Texts that were scored.")
    Column("seconds", \.seconds, doc: "What they took, in |seconds|.")
    Column("share", float: \.share, doc: "Share of the device that was busy; null where it is not known.")
    Column("note", \.note, isLater: true, doc: "Anything else.")
    Column("layers", \.layers, doc: "The share of each layer.")
    Column("pace", doc: "Texts per second.") { Double($0.texts) / $0.seconds }
  }
}

@Suite struct TableDefinitionTests {
  private static func row(_ index: Int) -> PaceRow {
    var row = PaceRow()
    row.model = "m\(index / 3)"
    row.device = index % 2 == 0 ? .cpu : .vulkan
    row.texts = Int32(index + 1)
    row.seconds = 0.5
    row.share = index % 3 == 0 ? nil : 0.25 * Double(index % 4)
    row.note = index % 4 == 0 ? "=\(index)" : nil
    row.layers = (0..<index % 3).map { Float($0) / 8 }
    return row
  }

  private let rows = (0..<70).map(Self.row)

  private func write<Row: TableRow>(_ rows: [Row], _ format: any ReportFormat, _ path: String) throws {
    let file = try format.create(path, for: Row.table)
    for start in stride(from: 0, to: rows.count, by: 30) { try file.append(Array(rows[start...].prefix(30))) }
    #expect(try file.finish() == rows.count)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == Int(file.byteCount))
  }

  private func read<Row: TableRow>(_ paths: [String], columns: [String]? = nil) throws -> [Row] {
    var cursor = TableCursor<Row>(paths, columns: columns)
    var rows: [Row] = []
    while let row = try cursor.next() { rows.append(row) }
    return rows
  }

  @Test func definitionGivesParquetAndItsReader() throws {
    let scratch = try Scratch()
    let paths = ["a", "b"].map { "\(scratch.path)/\($0).parquet" }
    for path in paths { try write(rows, ParquetFormat(), path) }
    #expect(try read(paths) == rows + rows)
    let some: [PaceRow] = try read(paths, columns: ["texts"])
    #expect(some.map(\.texts) == (rows + rows).map(\.texts) && some.allSatisfy { $0.model.isEmpty })
    let file = try ParquetReader(path: paths[0])
    #expect(
      file.schema.columns.map { "\($0.name) \($0.type)\($0.optional ? "?" : "")" } == [
        "model string", "device string", "texts int32", "seconds double", "share float?", "note string?",
        "layers floatList", "pace double",
      ])
    #expect(try file.read(column: "device") == .string(rows.map(\.device.rawValue)))
    #expect(try file.read(column: "share") == .optionalFloat(rows.map { $0.share.map { Float($0) } }))
    #expect(try file.read(column: "pace") == .double(rows.map { Double($0.texts) * 2 }))
  }

  @Test func definitionGivesCSV() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/pace.csv"
    try write(Array(rows[..<6]), CSVFormat(), path)
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 7)
    #expect(lines[0] == "model,device,texts,seconds,share,note,layers,pace")
    #expect(lines[1] == "m0,cpu,1,0.5,,'=0,[],2.0")
    #expect(lines[6] == "m1,vulkan,6,0.5,0.25,,\"[0.0,0.125]\",12.0")
  }

  @Test func definitionGivesASectionOfAPage() {
    let section = ReferencePage.section(of: PaceRow.self)
    #expect(section.hasPrefix("## Pace\n\nOne row per model: how fast it went.\n\n| column | type | meaning |\n"))
    #expect(section.contains("| `share` | float or null | Share of the device that was busy;"))
    #expect(section.contains("| `layers` | list of float | The share of each layer. |"))
    #expect(section.contains(#"| `seconds` | double | What they took, in \|seconds\|. |"#))
    let page = ReferencePage(file: "p.md", title: "P", introduction: "What.", sections: [section])
    #expect(page.text.contains("\n# P\n\nWhat.\n\n## Pace\n"))
  }

  @Test func columnsOfAnotherTypeAreRefused() throws {
    let scratch = try Scratch()
    let columns = PaceRow.table.schema.columns
    func refused(_ schema: [ParquetColumn], _ data: [ColumnData]) throws -> any Error {
      let path = "\(scratch.path)/\(UUID().uuidString).parquet"
      let writer = try ParquetWriter(path: path, schema: ParquetSchema(schema), createdBy: "t")
      try writer.append(data)
      _ = try writer.finish()
      return try #require(throws: (any Error).self) { let _: [PaceRow] = try read([path]) }
    }
    let device = try refused([columns[0], columns[1]], [.string(["m"]), .string(["tpu"])])
    #expect((device as? ReportError)?.code == .malformedTable)
    #expect("\(device)".contains("column device"))
    let name = try refused([ParquetColumn("model", .string, optional: true)], [.optionalString(["m", nil])])
    #expect((name as? ReportError)?.code == .malformedTable, "a null where the table has none")
    let missing = try refused([columns[0]], [.string(["m"])])
    #expect((missing as? ParquetError)?.code == .notFound)
  }

  /// Optional columns may have been required, and later ones missing, when a table was written.
  @Test func tablesOfEarlierVersionsAreRead() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/p.parquet"
    let kept = PaceRow.table.schema.columns.filter { $0.name != "note" }.map {
      $0.name == "share" ? ParquetColumn("share", .float) : $0
    }
    let writer = try ParquetWriter(path: path, schema: ParquetSchema(kept), createdBy: "t")
    try writer.append([
      .string(["m"]), .string(["cpu"]), .int32([1]), .double([2]), .float([0.5]), .floatList([[1]]), .double([0.5]),
    ])
    _ = try writer.finish()
    let found: [PaceRow] = try read([path])
    #expect(found.map(\.share) == [0.5] && found.map(\.note) == [nil] && found.map(\.layers) == [[1]])
  }

  @Test(arguments: Table.allCases)
  func everyTableIsNamedAndEveryColumnExplained(_ table: Table) {
    func check<Row: TableRow>(_ row: Row.Type) {
      #expect(row.table.name == table.rawValue)
      for column in row.table.columns { #expect(column.doc.hasSuffix("."), "\(column.name)") }
      #expect(ReferencePage.tables.sections.contains(ReferencePage.section(of: row)))
    }
    check(table.rowType)
  }
}
