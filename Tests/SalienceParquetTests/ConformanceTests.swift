import Foundation
import SalienceParquet
import SalienceTestSupport
import Testing

/// Files as other readers see them: pyarrow, DuckDB, Polars and pandas, driven by `conformance.py`.
@Suite struct ConformanceTests {
  private static let python = ProcessInfo.processInfo.environment["SALIENCE_PYTHON"]

  @Test(
    .enabled(
      if: python != nil,
      "SALIENCE_PYTHON names no Python with pyarrow, duckdb, polars and pandas; `make test` sets it"))
  func otherReadersSeeTheSameTables() throws {
    let directory = try TemporaryDirectory()
    for seed in 0..<24 {
      let rows = [1, 9, 500, 2500][seed % 4]
      let table = RandomTable(seed: UInt64(1000 + seed), rowCount: rows)
      try write(
        table.schema, table.columns, "random-\(seed)", to: directory, compression: seed % 3 == 0 ? .none : .zstd,
        rowGroupRows: seed % 2 == 0 ? 700 : 100_000)
    }
    try writeLargeTable(to: directory)
    try writeEdgeCases(to: directory)

    let program = try Program.python("Tests/SalienceParquetTests/conformance.py", [directory.path])
    let text = String(decoding: program.output, as: UTF8.self) + program.errors
    #expect(program.status == 0, "\(text)")
    #expect(text.contains("26 files agree"), "\(text)")
  }

  /// Several row groups, a dictionary that stays, one that overflows and one that never pays.
  private func writeLargeTable(to directory: TemporaryDirectory) throws {
    let count = 230_000
    let tail = String(repeating: "-", count: 40)
    let schema = ParquetSchema([
      ParquetColumn("row", .int64), ParquetColumn("token", .string, dictionary: true),
      ParquetColumn("overflow", .string, optional: true, dictionary: true),
      ParquetColumn("unique", .int32, dictionary: true), ParquetColumn("score", .float),
    ])
    let columns: [ColumnData] = [
      .int64((0..<count).map { Int64($0) }), .string((0..<count).map { "token \($0 % 5000)" }),
      .optionalString((0..<count).map { $0 % 11 == 0 ? nil : $0 % 100_000 < 30_000 ? "few" : "\($0)\(tail)" }),
      .int32((0..<count).map { Int32($0) &* 7919 }), .float((0..<count).map { Float($0).squareRoot() - 100 }),
    ]
    try write(schema, columns, "large", to: directory, compression: .zstd, rowGroupRows: 100_000)
  }

  /// Bounds that readers have been misled by: NaN, signed zeros, long strings, values with the highest scalars.
  private func writeEdgeCases(to directory: TemporaryDirectory) throws {
    let highest = String(repeating: "\u{10FFFF}", count: 30)
    let long = String(repeating: "é", count: 31) + "a🙂🙂"
    let schema = ParquetSchema([
      ParquetColumn("zero", .float), ParquetColumn("nan", .double), ParquetColumn("all nan", .float, optional: true),
      ParquetColumn("long", .string), ParquetColumn("highest", .string, dictionary: true),
      ParquetColumn("extremes", .int64), ParquetColumn("empty", .string),
      ParquetColumn("nothing", .string, optional: true),
    ])
    let columns: [ColumnData] = [
      .float([-0.0, 0, -0.0, 0]), .double([1, .nan, 3, -.infinity]), .optionalFloat([.nan, nil, .nan, .nan]),
      .string([long, long + "x", "é", String(repeating: "\u{D7FF}", count: 40)]),
      .string([highest, highest + "a", highest, highest]), .int64([.min, .max, 0, -1]),
      .string(["", "", "\u{0}", ""]), .optionalString([nil, nil, nil, nil]),
    ]
    try write(schema, columns, "edges", to: directory, compression: .zstd, rowGroupRows: 100_000)
  }

  private func write(
    _ schema: ParquetSchema, _ columns: [ColumnData], _ name: String, to directory: TemporaryDirectory,
    compression: Compression, rowGroupRows: Int
  ) throws {
    let writer = try ParquetWriter(
      path: directory.file("\(name).parquet"), schema: schema, compression: compression,
      createdBy: "salience version 0.0.0", keyValueMetadata: ["name": name], rowGroupRows: rowGroupRows)
    try writer.append(columns)
    let rows = try writer.finish()
    let expected = Expected(
      name: name, rows: Int(rows), rowGroupRows: rowGroupRows, compression: compression.rawValue,
      columns: zip(schema.columns, columns).map(Expected.Column.init))
    try JSONEncoder().encode(expected).write(to: URL(fileURLWithPath: directory.file("\(name).json")))
  }
}

/// What `conformance.py` compares a file with; floating-point values are bit patterns.
private struct Expected: Encodable {
  var name: String
  var rows: Int
  var rowGroupRows: Int
  var compression: String
  var columns: [Column]

  struct Column: Encodable {
    let column: ParquetColumn
    let data: ColumnData

    enum Key: CodingKey { case name, type, optional, values }

    func encode(to encoder: any Encoder) throws {
      var object = encoder.container(keyedBy: Key.self)
      try object.encode(column.name, forKey: .name)
      try object.encode(column.type.rawValue, forKey: .type)
      try object.encode(column.optional, forKey: .optional)
      switch data {
      case .int8(let rows): try object.encode(rows, forKey: .values)
      case .int32(let rows): try object.encode(rows, forKey: .values)
      case .int64(let rows): try object.encode(rows, forKey: .values)
      case .float(let rows): try object.encode(rows.map(\.bitPattern), forKey: .values)
      case .double(let rows): try object.encode(rows.map(\.bitPattern), forKey: .values)
      case .bool(let rows): try object.encode(rows, forKey: .values)
      case .string(let rows): try object.encode(rows, forKey: .values)
      case .floatList(let rows): try object.encode(rows.map { $0.map(\.bitPattern) }, forKey: .values)
      case .optionalInt8(let rows): try object.encode(rows, forKey: .values)
      case .optionalInt32(let rows): try object.encode(rows, forKey: .values)
      case .optionalInt64(let rows): try object.encode(rows, forKey: .values)
      case .optionalFloat(let rows): try object.encode(rows.map { $0?.bitPattern }, forKey: .values)
      case .optionalDouble(let rows): try object.encode(rows.map { $0?.bitPattern }, forKey: .values)
      case .optionalBool(let rows): try object.encode(rows, forKey: .values)
      case .optionalString(let rows): try object.encode(rows, forKey: .values)
      case .optionalFloatList(let rows): try object.encode(rows.map { $0?.map(\.bitPattern) }, forKey: .values)
      }
    }
  }
}
