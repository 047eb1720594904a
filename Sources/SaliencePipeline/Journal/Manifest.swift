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
  /// Digest of what the unit's numbers depend on, `RunFingerprint.digest(of:)`; nil where no run was named.
  public let run: String?
  /// Whether the dataset ends with the unit: no greater limit makes it longer.
  public let endsDataset: Bool
  public let parts: [Part]
  public let counts: RowCounts
  public let totals: UnitTotals

  public init(
    unit: Unit, run: String?, endsDataset: Bool, parts: [Part], counts: RowCounts, totals: UnitTotals
  ) {
    self.unit = unit
    self.run = run
    self.endsDataset = endsDataset
    self.parts = parts
    self.counts = counts
    self.totals = totals
  }

  /// Whether this manifest takes the place of another of its unit: of another run's, or of one that a limit cut short.
  func replaces(_ other: Manifest) -> Bool {
    if run != other.run { return true }
    guard unit.rows.lowerBound == other.unit.rows.lowerBound else { return false }
    let (end, otherEnd) = (unit.rows.upperBound, other.unit.rows.upperBound)
    return end > otherEnd || (end == otherEnd && endsDataset && !other.endsDataset)
  }
}
