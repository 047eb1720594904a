import SalienceAttribution
import SalienceJSON

/// What became of the rows that influence was asked of.
public struct InfluenceSummary: Sendable, Equatable {
  /// Counts of one set of rows: a row counts by the first checkpoint that has no reading of it.
  public struct Counts: Sendable, Equatable {
    public var rows = 0
    /// Rows that have a reading under every checkpoint.
    public var used = 0
    /// Damaged in the file.
    public var bad = 0
    /// No input of a model, or without finite numbers.
    public var unscored = 0
    /// Without a label that is one of the model's.
    public var unlabelled = 0

    /// Counts a unit's rows.
    mutating func add(_ blocks: [ReadingBlock]) {
      guard let first = blocks.first else { return }
      rows += first.states.count
      for row in first.states.indices {
        switch blocks.lazy.map({ $0.states[row] }).first(where: { $0 != .read }) ?? .read {
        case .read: used += 1
        case .bad: bad += 1
        case .unscored: unscored += 1
        case .unlabelled: unlabelled += 1
        }
      }
    }

    var json: JSONValue {
      [
        "rows": .integer(rows), "used": .integer(used), "bad": .integer(bad), "unscored": .integer(unscored),
        "unlabelled": .integer(unlabelled),
      ]
    }

    /// Why rows are left out; nil where none is.
    fileprivate var reasons: String? {
      let parts = [
        (unlabelled, "without a label that is one of the model's"), (bad, "damaged"),
        (unscored, "no input of the model"),
      ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
      return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
  }

  public var training = Counts()
  public var scored = Counts()

  /// What a user should know, one line each.
  public var notes: [String] {
    let told = [("training", training), ("scored", scored)]
    return told.compactMap { name, counts in
      counts.reasons.map { reasons in
        "influence: \(counts.rows - counts.used) of \(counts.rows) \(name) rows are left out: \(reasons)"
      }
    }
  }

  public var json: JSONValue { ["training": training.json, "scored": scored.json] }
}
