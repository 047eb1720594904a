import Foundation
import SaliencePipeline
import SalienceReports

/// What a run's tables take on the disk, and what there is.
public struct PlannedDisk: Sendable, Equatable {
  /// Estimated bytes of the tables of all models.
  public internal(set) var bytes: Int64 = 0
  /// Free bytes of the file system that the run directory is to lie on; nil where it does not say.
  public let available: Int64?

  /// Whether there is room; true where nobody knows.
  public var fits: Bool { available.map { bytes <= $0 } ?? true }

  /// - Parameter directory: the run's, which need not be there yet.
  init(directory: String) {
    var place = URL(fileURLWithPath: directory).standardizedFileURL
    while place.path != "/", !FileManager.default.fileExists(atPath: place.path) { place.deleteLastPathComponent() }
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: place.path)
    available = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value
  }
}

/// What scored rows take in a run's tables.
struct TableCost {
  /// Bytes of a file's schema and footer, over all tables of a unit.
  let bytesPerUnit: Double
  let bytesPerRow: Double
  /// Seconds that encoding and compressing take one thread.
  let secondsPerRow: Double

  /// Encodes the rows as a run does, and keeps nothing.
  ///
  /// - Throws: `ReportError` where a row's arrays differ in count.
  init(of scored: [ScoredExample], model: String, pipeline: Pipeline, options: UnitWriter.Options) throws {
    let rows = scored.sorted { $0.example.row < $1.example.row }
    let start = ContinuousClock.now
    let all = try Self.bytes(of: rows[...], options)
    var (csv, csvBytes) = (TokenCSV(), 0)
    if pipeline.output.formats.contains(.csv) {
      for row in rows { csvBytes += try csv.lines(of: row, model: model, words: pipeline.output.words).count }
    }
    secondsPerRow = (ContinuousClock.now - start) / .seconds(1) / Double(max(1, rows.count))
    // Half the rows take more than half the bytes: what the files themselves take is the difference.
    let half = try Self.bytes(of: rows.prefix(rows.count / 2), options)
    let others = rows.count - rows.count / 2
    let slope = rows.count < 2 ? Double(all) : Double(all - half) / Double(max(1, others))
    bytesPerUnit = max(0, Double(all) - slope * Double(rows.count))
    bytesPerRow = slope + Double(csvBytes) / Double(max(1, rows.count))
  }

  func bytes(rows: Int) -> Int64 {
    let units = (rows + PipelineRun.unitRows - 1) / PipelineRun.unitRows
    return Int64(Double(units) * bytesPerUnit + Double(rows) * bytesPerRow)
  }

  private static func bytes(of rows: ArraySlice<ScoredExample>, _ options: UnitWriter.Options) throws -> Int64 {
    let writer = UnitWriter(measuring: options)
    for row in rows { try writer.append(row) }
    _ = try writer.finish()
    return writer.byteCount
  }
}
