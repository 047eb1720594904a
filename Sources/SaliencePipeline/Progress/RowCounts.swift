import SalienceJSON

/// What became of the rows of a unit, a model or a run.
public struct RowCounts: Sendable, Equatable {
  /// Scored rows whose text has characters.
  public var ok: Int
  /// Scored rows whose text is empty.
  public var empty: Int
  /// Rows of the errors table.
  public var quarantined: Int

  public init(ok: Int = 0, empty: Int = 0, quarantined: Int = 0) {
    self.ok = ok
    self.empty = empty
    self.quarantined = quarantined
  }

  /// Rows in all.
  public var rows: Int { ok + empty + quarantined }

  public static func += (left: inout RowCounts, right: RowCounts) {
    left.ok += right.ok
    left.empty += right.empty
    left.quarantined += right.quarantined
  }

  var json: JSONValue {
    [
      "rows": .integer(rows), "ok": .integer(ok), "empty": .integer(empty), "quarantined": .integer(quarantined),
    ]
  }

  /// Reads what `json` writes; nil where a count is missing, negative or too large to be true.
  init?(_ json: JSONValue) {
    func count(_ name: String) -> Int? { json[name]?.intValue.flatMap { (0...(1 << 48)).contains($0) ? $0 : nil } }
    guard let ok = count("ok"), let empty = count("empty"), let quarantined = count("quarantined") else { return nil }
    self.init(ok: ok, empty: empty, quarantined: quarantined)
  }
}
