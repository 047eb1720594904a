import SalienceDatasets
import SalienceReports
import Synchronization

/// A unit between reading and writing: one slot a row, filled in any order, written in order of rows.
final class UnitInFlight: Sendable {
  enum Slot: Sendable {
    case scored(ScoredExample)
    case failed(FailedRow)
  }

  let unit: Unit
  private let started = ContinuousClock.now
  private let locations: [RecordLocation]
  private let state: Mutex<(slots: [Slot?], remaining: Int)>

  init(unit: Unit, locations: [RecordLocation]) {
    self.unit = unit
    self.locations = locations
    state = Mutex((Array(repeating: nil, count: unit.rows.count), unit.rows.count))
  }

  /// Fills a row's slot.
  ///
  /// - Returns: whether it was the unit's last.
  func fill(_ row: Int64, with slot: Slot) -> Bool {
    state.withLock { state in
      let index = Int(row - unit.rows.lowerBound)
      if state.slots[index] == nil { state.remaining -= 1 }
      state.slots[index] = slot
      return state.remaining == 0
    }
  }

  /// The row of the errors table for a row that failed after it was read.
  func failure(of example: Example, stage: FailedRow.Stage, _ error: any Error) -> Slot {
    let location = locations[Int(example.row - unit.rows.lowerBound)]
    return .failed(
      FailedRow(
        datasetFile: location.file, row: example.row, exampleID: example.id, stage: stage,
        message: "line \(location.line), byte \(location.byteOffset): \(error)"))
  }

  /// The row of the errors table for a row that cannot be read.
  static func failure(of row: BadRow) -> Slot {
    let column = row.column.map { ", column '\($0)'" } ?? ""
    return .failed(
      FailedRow(
        datasetFile: row.location.file, row: row.row, exampleID: row.id, stage: .read,
        message: "line \(row.location.line), byte \(row.location.byteOffset)\(column): \(row.reason)"))
  }

  /// Every slot, in order of rows, and the seconds since the unit was read.
  func takeResults() -> (slots: [Slot], seconds: Double) {
    let slots = state.withLock { state in
      defer { state.slots = [] }
      return state.slots.compactMap { $0 }
    }
    return (slots, (ContinuousClock.now - started) / .seconds(1))
  }
}
