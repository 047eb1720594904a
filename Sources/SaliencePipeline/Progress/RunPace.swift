import Foundation

/// How fast rows are scored, by those that were scored lately, and what the others will take.
///
/// A unit's longest texts come first, so rows per second would promise too little: the pace is of work, in the scorer's
/// measure, and a row that nobody has seen yet counts as much as the mean of those seen. Loading a model is no part of
/// it.
struct RunPace: Sendable {
  /// Rows of units that are tokenized, and the work that they are.
  private var preparedRows = 0
  private var preparedWork = 0.0
  /// Those of them that are scored.
  private var doneRows = 0
  private var doneWork = 0.0
  /// Sums over the past in which every half-life halves what lies before.
  private var recent = (seconds: 0.0, rows: 0.0, work: 0.0)
  private var batches = 0
  private var last: ContinuousClock.Instant?

  /// Seconds after which a batch counts half.
  private static let halfLife = 20.0
  /// Batches before which the pace is a guess: those that are still under way count for nothing yet.
  private static let enoughBatches = 8

  /// Begins to measure: a model is loaded.
  mutating func begin(at time: ContinuousClock.Instant) { last = time }

  /// Counts rows that are about to be scored.
  mutating func prepare(rows: Int, work: Double) {
    (preparedRows, preparedWork) = (preparedRows + rows, preparedWork + work)
  }

  /// Counts rows that are scored.
  mutating func advance(rows: Int, work: Double, at time: ContinuousClock.Instant) {
    let seconds = last.map { ($0.duration(to: time)) / .seconds(1) } ?? 0
    let weight = exp2(-seconds / Self.halfLife)
    recent = (
      recent.seconds * weight + seconds, recent.rows * weight + Double(rows), recent.work * weight + work
    )
    (doneRows, doneWork) = (doneRows + rows, doneWork + work)
    batches += 1
    last = time
  }

  /// Rows per second lately; nil where none was scored in measurable time.
  var rowsPerSecond: Double? { recent.seconds > 0 ? recent.rows / recent.seconds : nil }

  /// Seconds that further rows will take, those that are being scored included; nil where the pace is not known yet.
  func secondsLeft(rows: Int) -> Double? {
    guard batches >= Self.enoughBatches, recent.seconds > 0, recent.work > 0, preparedRows > 0 else { return nil }
    let unseen = Double(max(0, rows - (preparedRows - doneRows)))
    let work = preparedWork - doneWork + unseen * preparedWork / Double(preparedRows)
    return max(0, work) * recent.seconds / recent.work
  }
}
