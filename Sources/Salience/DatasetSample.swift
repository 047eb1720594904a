import SalienceDatasets
import SaliencePipeline
import SalienceReports

/// Rows of a dataset that stand for the whole: those at its beginning, and some spread evenly over the rest.
struct DatasetSample {
  typealias Record = (example: Example, location: RecordLocation)

  /// Records of the dataset up to the limit, bad ones included.
  private(set) var rows = 0
  /// Rows from the beginning that were looked at, bad ones included.
  private(set) var firstRows = 0
  /// Rows of the rest that were looked at, bad ones included.
  private(set) var spreadRows = 0
  /// Those of the beginning that can be read.
  private(set) var first: [Record] = []
  /// Those of the rest that can be read.
  private(set) var spread: [Record] = []
  /// Those that cannot be read.
  private(set) var bad: [FailedRow] = []

  var lookedAt: Int { firstRows + spreadRows }

  private static let mostFirst = 512
  private static let mostSpread = 256

  /// Reads the dataset through twice at most: to count its rows, and to take those of the rest.
  init(_ open: () throws -> DatasetReader, limit: Int64?) throws {
    let limit = limit.map { Int(clamping: $0) } ?? .max
    let reader = try open()
    while firstRows < min(Self.mostFirst, limit), let record = try reader.next() {
      firstRows += 1
      if let read = take(record) { first.append(read) }
    }
    rows = firstRows
    while rows < limit, case let passed = try reader.skip(min(65_536, limit - rows)), passed > 0 { rows += passed }
    let rest = rows - firstRows
    guard rest > 0 else { return }
    let again = try open()
    try again.skip(firstRows)
    var position = 0
    for index in 0..<min(rest, Self.mostSpread) {
      let wanted = Int(Double(index) * Double(rest) / Double(min(rest, Self.mostSpread)))
      if wanted > position { position += try again.skip(wanted - position) }
      guard let record = try again.next() else { break }
      position += 1
      spreadRows += 1
      if let read = take(record) { spread.append(read) }
    }
  }

  /// The mean over the dataset of what has one mean at its beginning and another over the rest.
  func mean(first: Double, rest: Double) -> Double {
    guard rows > firstRows, spreadRows > 0 else { return first }
    return (first * Double(firstRows) + rest * Double(rows - firstRows)) / Double(rows)
  }

  /// Bytes of the texts that a run of the dataset holds in memory.
  ///
  /// - Parameter isWritten: whether the table of predictions holds them too.
  func plannedTextBytes(isWritten: Bool) -> Int {
    func bytes(_ records: [Record]) -> [Int] {
      records.map { DatasetRecord.example($0.example, $0.location).textBytes }
    }
    let (first, rest) = (bytes(first), bytes(spread))
    func mean(_ bytes: [Int]) -> Double { Double(bytes.reduce(0, +)) / Double(max(bytes.count, 1)) }
    return SliceInFlight.plannedTextBytes(
      mean: self.mean(first: mean(first), rest: mean(rest)), longest: (first + rest).max() ?? 0, rows: rows,
      unitRows: PipelineRun.unitRows, sliceBytes: Run.Options.standardSliceBytes,
      tableBytes: isWritten ? UnitWriter.tableBytes : 0)
  }

  private mutating func take(_ record: DatasetRecord) -> Record? {
    switch record {
    case .example(let example, let location): return (example, location)
    case .bad(let row):
      bad.append(FailedRow(row))
      return nil
    }
  }
}
