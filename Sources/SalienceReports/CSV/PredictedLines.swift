/// Lines of CSV that tell of parts of examples: the model, a row of a table, and what was predicted.
struct PredictedLines<Row: TableRow>: Sendable {
  private static var predicted: [Column<PredictionRow>] {
    PredictionRow.table.columns(["predicted", "probability", "label"])
  }

  static var header: [String] { ["model"] + Row.table.columns.map(\.name) + predicted.map(\.name) }

  private let cells = CellWriter(Row.table.columns)
  private let predicted = CellWriter(Self.predicted)
  private var encoder: CSVEncoder

  init(raw: Bool) {
    encoder = CSVEncoder(raw: raw)
  }

  /// Whether it is time to write what is encoded.
  var isFull: Bool { encoder.byteCount >= 1 << 16 }

  mutating func appendHeader() { encoder.appendHeader(Self.header) }

  mutating func append(_ row: Row, of prediction: PredictionRow, model: String) {
    encoder.append(model)
    cells.append(row, to: &encoder)
    predicted.append(prediction, to: &encoder)
    encoder.endLine()
  }

  mutating func flush(to output: FileOutput) throws {
    try output.write(takeBytes())
  }

  /// The lines since the last call.
  mutating func takeBytes() -> [UInt8] {
    defer { encoder.removeAll() }
    return encoder.encoded
  }
}
