import SalienceFoundation
import SalienceJSON
import SalienceReports

/// What a look at every file of a run has found: every unit present, once, with the right checksum, or not.
public struct RunVerification: Sendable, Equatable {
  /// A model's units.
  public struct Model: Sendable, Equatable {
    public let name: String
    /// Units that are published.
    public let units: Int
    /// Rows of those units.
    public let rows: Int
  }

  /// The run directory.
  public let path: String
  public let models: [Model]
  /// Rows of the dataset that the run covers; nil where the run has not got so far that they are known.
  public let rows: Int64?
  /// Files whose checksums were compared.
  public let parts: Int
  /// Whether the run says of itself that it is finished.
  public let isFinished: Bool
  /// Scored rows of units that are not published, which `--resume` takes over.
  public let keptRows: Int
  /// What is wrong; none for a finished and sound run.
  public let faults: [Journal.Fault]

  /// Reads every manifest and every part of a run; changes nothing.
  ///
  /// - Throws: `PipelineError`: `missing` where there is no run; `data` where its fingerprint is damaged; `FileFault`.
  public init(of path: String) throws {
    let layout = RunLayout(path: path)
    guard DurableFile.isDirectory(layout.path) else {
      throw PipelineError(.missing, "no such run directory", at: layout.path)
    }
    guard DurableFile.exists(layout.fingerprint) else {
      throw PipelineError(.missing, "not a run directory: it has no state/run-fingerprint.json", at: layout.path)
    }
    let fingerprint = try RunFingerprint(path: layout.fingerprint)
    let names = fingerprint.models.map(\.name)
    let journal = Journal(layout, run: fingerprint.digests)
    var faults: [Journal.Fault] = []
    isFinished = layout.isFinished()
    let kept = try RowLog.kept(in: layout, run: fingerprint.digests)

    let stated = try Self.statedRows(layout, isFinished: isFinished, faults: &faults)
    let covered = try stated ?? journal.coveredRows(of: names)
    let check = try journal.verify(models: names, rows: covered, unitRows: fingerprint.unitRows)
    // The log of a unit that a limit cut short stays when the unit is published.
    let published = Set(check.manifests.map { UnitName(model: $0.unit.model, index: $0.unit.index) })
    let inFlight = kept.filter { !published.contains(UnitName(model: $0.model, index: $0.unit)) }
    keptRows = inFlight.reduce(0) { $0 + $1.rows }
    if !isFinished {
      let rows = keptRows > 0 ? "; \(keptRows) scored rows of units that are not published are kept" : ""
      faults.insert(Journal.Fault(layout.success, "missing: the run is not finished\(rows)"), at: 0)
    }
    faults += check.missing.map { Journal.Fault($0, layout.manifest(of: $0), "missing") }
    faults += check.faults
    faults += try Self.strayParts(of: layout, models: names, manifests: check.manifests)
      .filter { stray in stray.unit == nil || !faults.contains { $0.model == stray.model && $0.unit == stray.unit } }

    self.path = layout.path
    rows = stated
    models = names.map { name in
      let units = check.manifests.filter { $0.unit.model == name }
      return Model(name: name, units: units.count, rows: units.reduce(0) { $0 + $1.unit.rows.count })
    }
    parts = check.manifests.reduce(0) { $0 + $1.parts.count { $0.path != nil } }
    self.faults = faults
  }

  private struct UnitName: Hashable {
    let model: String
    let index: Int
  }

  /// The rows that `run.json` states; it is the finishing step's, so an unfinished run has none.
  private static func statedRows(
    _ layout: RunLayout, isFinished: Bool, faults: inout [Journal.Fault]
  ) throws -> Int64? {
    guard DurableFile.exists(layout.runFile) else {
      if isFinished { faults.append(Journal.Fault(layout.runFile, "missing")) }
      return nil
    }
    let json = try? JSONValue(parsing: DurableFile.read(layout.runFile, limit: 64 << 20))
    // The bound keeps a damaged number from naming more units than could ever be listed.
    guard let rows = json?["rows"]?.intValue, (0...(1 << 40)).contains(rows) else {
      faults.append(Journal.Fault(layout.runFile, "does not say how many rows the run has"))
      return nil
    }
    return Int64(rows)
  }

  /// Parts that no manifest names: whoever reads the table's directory would take their rows for the run's.
  private static func strayParts(
    of layout: RunLayout, models: [String], manifests: [Manifest]
  ) throws -> [Journal.Fault] {
    let named = Set(manifests.flatMap { $0.parts.compactMap(\.path) })
    let known = Dictionary(models.map { (ModelPartition.directory(of: $0), $0) }) { first, _ in first }
    var faults: [Journal.Fault] = []
    for table in RunLayout.tables {
      for directory in try DurableFile.names(in: "\(layout.path)/\(table)") {
        let path = "\(layout.path)/\(table)/\(directory)"
        guard let model = known[directory] else {
          faults.append(Journal.Fault(path, "belongs to no model of the run"))
          continue
        }
        for name in try DurableFile.names(in: path) where !named.contains("\(table)/\(directory)/\(name)") {
          let unit = Unit.index(ofPart: name)
          faults.append(Journal.Fault(model: model, unit: unit, "\(path)/\(name)", "named by no manifest of the run"))
        }
      }
    }
    return faults
  }
}

extension RunVerification {
  /// For `salience verify --json`.
  public var json: JSONValue {
    [
      "directory": .string(path), "verified": .bool(faults.isEmpty), "finished": .bool(isFinished),
      "rows": rows.map { .integer($0) } ?? nil, "kept_rows": .integer(keptRows), "parts": .integer(parts),
      "models": .array(
        models.map { ["model": .string($0.name), "units": .integer($0.units), "rows": .integer($0.rows)] }),
      "faults": .array(
        faults.map { fault in
          [
            "model": fault.model.map(JSONValue.string) ?? nil, "unit": fault.unit.map { .integer($0) } ?? nil,
            "path": .string(fault.path), "message": .string(fault.message),
          ]
        }),
    ]
  }

  /// The error to end with where something is wrong.
  public var error: PipelineError? {
    guard let first = faults.first else { return nil }
    let more = faults.count > 1 ? " (and \(faults.count - 1) more)" : ""
    return PipelineError(.data, "does not verify: \(first)\(more)", at: path)
  }
}
