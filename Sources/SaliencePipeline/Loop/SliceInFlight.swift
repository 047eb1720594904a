import SalienceDatasets
import SalienceReports
import Synchronization

/// Rows of a unit between reading and writing: one slot a row, filled in any order, written in order of rows.
///
/// A unit is one slice unless its texts are long: memory follows the slices, not the units.
package final class SliceInFlight: Sendable {
  package enum Slot: Sendable {
    case scored(ScoredExample)
    case failed(FailedRow)
  }

  /// Slices between reading and writing at any time.
  static let inFlight = 5

  /// Bytes of the texts that a run holds in memory: those of the slices, and those that the table of predictions
  /// gathers before it writes them.
  ///
  /// - Parameters:
  ///   - mean: bytes of a row's texts.
  ///   - longest: bytes of the longest row's.
  ///   - rows: rows of the dataset.
  ///   - tableBytes: what the table gathers at most.
  package static func plannedTextBytes(
    mean: Double, longest: Int, rows: Int, unitRows: Int, sliceBytes: Int, tableBytes: Int
  ) -> Int {
    let unit = mean * Double(min(rows, unitRows))
    let all = mean * Double(rows)
    let slices = min(Double(inFlight) * min(unit, Double(sliceBytes + longest)), all)
    // A table compresses a group of rows beside the rows themselves.
    return Int(min(slices + 2 * min(unit, Double(tableBytes)), 1e15))
  }

  /// Position among the model's units.
  let unit: Int
  /// Position in the unit.
  let number: Int
  let rows: Range<Int64>
  /// Whether the unit ends with it.
  let isLast: Bool
  /// Whether the dataset ends with it.
  let endsDataset: Bool
  let log: RowLog
  let records: [DatasetRecord]
  private let started: ContinuousClock.Instant
  private let state: Mutex<(slots: [Slot?], remaining: Int)>

  /// - Parameter started: when the unit's first row was read.
  init(
    unit: Int, number: Int, first: Int64, records: [DatasetRecord], isLast: Bool, endsDataset: Bool, log: RowLog,
    started: ContinuousClock.Instant
  ) {
    self.unit = unit
    self.number = number
    rows = first..<(first + Int64(records.count))
    self.isLast = isLast
    self.endsDataset = endsDataset
    self.records = records
    self.log = log
    self.started = started
    state = Mutex((Array(repeating: nil, count: records.count), records.count))
  }

  /// Seconds since the unit's first row was read, and those of earlier attempts.
  var seconds: Double { log.earlierSeconds + (ContinuousClock.now - started) / .seconds(1) }

  /// Fills a row's slot.
  ///
  /// - Returns: whether it was the slice's last.
  func fill(_ row: Int64, with slot: Slot) -> Bool {
    state.withLock { state in
      let index = Int(row - rows.lowerBound)
      if state.slots[index] == nil { state.remaining -= 1 }
      state.slots[index] = slot
      return state.remaining == 0
    }
  }

  /// The row of the errors table for a row that failed after it was read.
  func failure(of example: Example, stage: FailedRow.Stage, _ error: any Error) -> Slot {
    .failed(FailedRow(example, at: location(of: example.row), stage: stage, error))
  }

  func location(of row: Int64) -> RecordLocation {
    switch records[Int(row - rows.lowerBound)] {
    case .example(_, let location): location
    case .bad(let row): row.location
    }
  }

  /// Every slot, in order of rows; memory no longer holds them afterwards.
  func takeSlots() -> [Slot] {
    state.withLock { state in
      defer { state.slots = [] }
      return state.slots.compactMap { $0 }
    }
  }
}
