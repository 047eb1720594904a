import SalienceJSON

/// The record that a unit is done: what it read, what came out, and which files hold it.
public struct Manifest: Sendable, Equatable {
  /// One table's rows of a unit.
  public struct Part: Sendable, Equatable {
    public let table: String
    /// Final place, relative to the run directory; nil where the unit has no rows of the table, and so no file.
    public let path: String?
    /// Where the file was staged, relative to the run directory; recovery renames it from there.
    public let staged: String?
    public let rows: Int64
    public let sha256: String?
    public let bytes: Int64
  }

  public let unit: Unit
  public let parts: [Part]
  public let counts: RowCounts
  public let totals: UnitTotals

  public init(unit: Unit, parts: [Part], counts: RowCounts, totals: UnitTotals) {
    self.unit = unit
    self.parts = parts
    self.counts = counts
    self.totals = totals
  }
}
