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

  /// The file that a row is from.
  func file(of row: Int64) -> String { locations[Int(row - unit.rows.lowerBound)].file }

  /// The row of the errors table for a row that failed after it was read.
  func failure(of example: Example, stage: FailedRow.Stage, _ error: any Error) -> Slot {
    .failed(FailedRow(example, at: locations[Int(example.row - unit.rows.lowerBound)], stage: stage, error))
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
