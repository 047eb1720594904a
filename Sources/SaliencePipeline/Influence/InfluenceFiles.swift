import SalienceFoundation

/// Where influence keeps what it has computed, so that a run that was stopped goes on from there.
struct InfluenceFiles {
  let directory: String

  init(_ layout: RunLayout) { directory = layout.influenceState }

  /// Readings of a unit of rows under one checkpoint.
  func readings(_ set: InfluenceSet, checkpoint: Int, unit: Int) -> String {
    "\(directory)/\(set.rawValue)-\(checkpoint)-\(unit).readings"
  }

  /// What the table says of a unit of rows.
  func records(_ set: InfluenceSet, unit: Int) -> String { "\(directory)/\(set.rawValue)-\(unit).records" }

  /// The most influential training rows of a unit of scored rows.
  func choices(unit: Int) -> String { "\(directory)/scored-\(unit).choices" }

  /// Writes a file under its name whole or not at all; one that is there already is replaced.
  static func write(_ bytes: [UInt8], to path: String) throws {
    let staged = "\(path).\(String(UInt64.random(in: .min ... .max), radix: 36))"
    try DurableFile.write(bytes, to: staged)
    guard try DurableFile.rename(staged, to: path) else { throw PipelineError(.io, "cannot be written", at: path) }
  }
}
