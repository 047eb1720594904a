import SalienceFoundation

extension Journal {
  /// Something that is wrong with a run's files.
  public struct Fault: Sendable, Equatable, CustomStringConvertible {
    /// The model and the unit's index, where the fault is a unit's.
    public let model: String?
    public let unit: Int?
    /// The file at fault.
    public let path: String
    public let message: String

    init(_ unit: Unit, _ path: String, _ message: String) {
      self.init(model: unit.model, unit: unit.index, path, message)
    }

    init(model: String? = nil, unit: Int? = nil, _ path: String, _ message: String) {
      (self.model, self.unit, self.path, self.message) = (model, unit, path, message)
    }

    public var description: String {
      let unit = unit.map { "unit \($0)" + (model.map { " of model \($0)" } ?? "") + ": " }
      return "\(unit ?? "")\(path): \(message)"
    }
  }

  /// Whether the units of a run are all there and intact.
  public struct Verification: Sendable, Equatable {
    /// Every published manifest, models in order, then units in order.
    public var manifests: [Manifest] = []
    /// Units that are not published.
    public var missing: [Unit] = []
    /// What is wrong with those that are.
    public var faults: [Fault] = []
  }

  /// Checks that every unit is present, once, with the right rows and checksums.
  ///
  /// - Parameters:
  ///   - rows: rows of the dataset that the run covers.
  ///   - unitRows: rows of a full unit.
  /// - Throws: `FileFault` where something cannot be read at all.
  public func verify(models: [String], rows: Int64, unitRows: Int) throws -> Verification {
    var result = Verification()
    for model in models {
      let found = try readManifests(of: model)
      result.faults += found.faults
      // A damaged manifest is a fault already; its unit is not missing on top of that.
      let damaged = Set(found.faults.map(\.path))
      var published: [Int: Manifest] = [:]
      for manifest in found.manifests { published[manifest.unit.index] = manifest }
      for index in 0..<Unit.count(rows: rows, unitRows: unitRows) {
        let first = Int64(index) * Int64(unitRows)
        let unit = Unit(model: model, index: index, rows: first..<min(first + Int64(unitRows), rows))
        guard let manifest = published.removeValue(forKey: index) else {
          if !damaged.contains(directory.manifest(of: unit)) { result.missing.append(unit) }
          continue
        }
        result.manifests.append(manifest)
        result.faults += try faults(of: manifest, expected: unit)
      }
      for (_, manifest) in published.sorted(by: { $0.key < $1.key }) {
        result.faults.append(Fault(manifest.unit, directory.manifest(of: manifest.unit), "beyond the dataset's end"))
      }
    }
    return result
  }

  /// The manifests of a model that can be read, and the faults of those that cannot.
  private func readManifests(of model: String) throws -> (manifests: [Manifest], faults: [Fault]) {
    var result: (manifests: [Manifest], faults: [Fault]) = ([], [])
    for path in try manifestPaths(of: model) {
      do {
        result.manifests.append(try manifest(at: path, of: model))
      } catch let error as any SalienceFoundation.Fault where error.kind == .data {
        result.faults.append(Fault(model: model, unit: Unit.index(ofManifest: path), path, error.message))
      }
    }
    return result
  }

  private func faults(of manifest: Manifest, expected: Unit) throws -> [Fault] {
    let name = directory.manifest(of: expected)
    var faults: [Fault] = []
    if let run, let published = manifest.run, published != run[expected.model] {
      faults.append(Fault(expected, name, "published by another run than state/run-fingerprint.json tells of"))
    }
    if manifest.unit.rows != expected.rows { faults.append(Fault(expected, name, "covers other rows than the unit")) }
    if manifest.counts.rows != expected.rows.count {
      faults.append(
        Fault(expected, name, "\(manifest.counts.rows) rows scored or quarantined of \(expected.rows.count)"))
    }
    for part in manifest.parts {
      guard let path = part.path else { continue }
      let file = "\(directory.path)/\(path)"
      guard path == directory.relativePart(table: part.table, unit: expected) else {
        faults.append(Fault(expected, name, "names the part of another unit, \(path)"))
        continue
      }
      guard DurableFile.exists(file) else {
        faults.append(Fault(expected, file, "missing"))
        continue
      }
      let digest = try DurableFile.digest(file)
      if digest.bytes != part.bytes || digest.sha256 != part.sha256 {
        faults.append(Fault(expected, file, "differs from its checksum"))
      }
    }
    return faults
  }
}
