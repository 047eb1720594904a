import Salience
import SaliencePipeline
import SalienceReports

/// Whether a run is finished and sound, for commands that read its tables.
struct WholeRun {
  /// What is missing or damaged; none in a whole run.
  let faults: [String]

  /// Checks a run as `verify` does.
  ///
  /// - Parameter isPartial: whether what is there is asked for, whole or not.
  /// - Throws: `PipelineError`: `data` where the run is not whole, unless `isPartial`; `missing` where there is none.
  init(_ path: String, isPartial: Bool) throws {
    let layout = RunLayout(path: path)
    // Says what is no run directory at all.
    _ = try RunDirectory(path: path)
    guard layout.hasJournal else {
      faults = ["\(layout.state): missing: nothing says which parts the run should have"]
      try refuse(path, isPartial)
      return
    }
    faults = try RunVerification(of: path).faults.map(\.description)
    try refuse(path, isPartial)
  }

  private func refuse(_ path: String, _ isPartial: Bool) throws {
    guard !isPartial, !faults.isEmpty else { return }
    throw PipelineError(
      .data, "the run is unfinished or damaged: \(summary); --partial takes what is there", at: path)
  }

  /// Says on standard error what is missing, if anything is.
  func warn(_ path: String) {
    if !faults.isEmpty { warnOnStandardError("\(path) is unfinished or damaged: \(summary)") }
  }

  /// The first faults and the number of the others.
  var summary: String {
    let more = faults.count > 3 ? " (and \(faults.count - 3) more)" : ""
    return faults.prefix(3).joined(separator: "; ") + more
  }
}
