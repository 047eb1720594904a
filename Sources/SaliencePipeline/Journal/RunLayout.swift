import SalienceFoundation
import SalienceReports

/// Where the files of a run lie.
public struct RunLayout: Sendable, Equatable {
  /// The directory as given.
  public let path: String

  public init(path: String) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  public var success: String { "\(path)/_SUCCESS" }
  public var runFile: String { "\(path)/run.json" }
  /// Written by the finishing step where it was asked for.
  var tokens: String { "\(path)/tokens.csv" }
  /// Written by the finishing step where it was asked for.
  public var influence: String { "\(path)/influence.parquet" }
  public var state: String { "\(path)/state" }
  public var fingerprint: String { "\(state)/run-fingerprint.json" }
  /// Locked by every process that works on the run.
  var lock: String { "\(state)/lock" }

  /// Directory of the table of rows that could not be scored.
  public var errors: String { "\(path)/errors" }

  /// Names of a run's tables, which are directories.
  static let tables = ["predictions", "explanations", "attributions", "metrics", "errors"]
  /// Files of the finishing step, beside `_SUCCESS`.
  static let files = ["run.json", "tokens.csv", "influence.parquet", "report.html"]

  /// Where standard input is kept, so that a run of it can be resumed.
  public var standardInput: String { "\(state)/\(Self.standardInput)" }
  static let standardInput = "standard-input"

  /// What influence has computed so far, until the run is finished.
  public var influenceState: String { "\(state)/\(Self.influenceState)" }
  static let influenceState = "influence"

  /// Names of what a run makes in its directory.
  public static var names: [String] { ["_SUCCESS", "state", "tensorboard"] + files + tables }

  /// A table's directory of one model.
  public func directory(table: String, model: String) -> String {
    "\(path)/\(table)/\(ModelPartition.directory(of: model))"
  }

  /// Where a unit's part of a table lies in the end, relative to the run directory.
  public func relativePart(table: String, unit: Unit) -> String {
    "\(table)/\(ModelPartition.directory(of: unit.model))/\(unit.partName)"
  }

  /// Directory of a model's manifests.
  func manifests(model: String) -> String { "\(state)/\(ModelPartition.directory(of: model))" }

  /// A unit's name in the journal: its presence is what commits the unit.
  public func manifest(of unit: Unit) -> String { "\(manifests(model: unit.model))/\(unit.manifestName)" }

  /// Whether there is anything that a run makes.
  public func holdsRun() -> Bool {
    Self.names.contains {
      DurableFile.exists("\(path)/\($0)")
    }
  }

  /// Whether the records of a run are here, which say what it should hold.
  public var hasJournal: Bool { DurableFile.exists(fingerprint) }

  /// Whether a run was finished here.
  public func isFinished() -> Bool { DurableFile.exists(success) }

  /// Removes what a run makes and nothing else; directories stay where something else is in them.
  ///
  /// `_SUCCESS` goes first, so that a removal cut short never looks like a finished run.
  ///
  /// - Throws: `FileFault` naming the path.
  public func removeRun() throws {
    try DurableFile.remove(success)
    for file in Self.files { try DurableFile.remove("\(path)/\(file)") }
    for table in Self.tables {
      try removeModelDirectories("\(path)/\(table)") { $0.hasPrefix("part-") && $0.hasSuffix(".parquet") }
    }
    try removeMatching("\(path)/tensorboard") { $0.hasPrefix("events.out.tfevents.") }
    for name in try DurableFile.names(in: state)
    where name == Self.influenceState || name.hasPrefix("tmp-") || name.hasPrefix(Self.standardInput) {
      try DurableFile.removeTree("\(state)/\(name)")
    }
    try DurableFile.remove(fingerprint)
    try removeModelDirectories(state) { $0.hasPrefix("unit-") && ($0.hasSuffix(".json") || $0.hasSuffix(".rows")) }
  }

  private func removeModelDirectories(_ directory: String, where isOurs: (String) -> Bool) throws {
    for name in try DurableFile.names(in: directory) where name.hasPrefix("model=") {
      try removeMatching("\(directory)/\(name)", where: isOurs)
    }
    try removeIfEmpty(directory)
  }

  private func removeMatching(_ directory: String, where isOurs: (String) -> Bool) throws {
    guard DurableFile.isDirectory(directory) else { return }
    for name in try DurableFile.names(in: directory) where isOurs(name) {
      try DurableFile.remove("\(directory)/\(name)")
    }
    try removeIfEmpty(directory)
  }

  private func removeIfEmpty(_ directory: String) throws {
    if DurableFile.isDirectory(directory), try DurableFile.names(in: directory).isEmpty {
      try DurableFile.remove(directory)
    }
  }
}
