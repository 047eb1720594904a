extension Journal {
  /// Whether the units of a run are all there and intact.
  public struct Verification: Sendable, Equatable {
    /// Every published manifest, models in order, then units in order.
    public var manifests: [Manifest] = []
    /// Units that are not published.
    public var missing: [Unit] = []
    /// What is wrong with those that are, one line each, naming the file.
    public var faults: [String] = []
  }

  /// Checks that every unit is present, once, with the right rows and checksums.
  ///
  /// - Parameters:
  ///   - rows: rows of the dataset that the run covers.
  ///   - unitRows: rows of a full unit.
  /// - Throws: `PipelineError` where something cannot be read at all.
  public func verify(models: [String], rows: Int64, unitRows: Int) throws -> Verification {
    var result = Verification()
    for model in models {
      var published: [Int: Manifest] = [:]
      for manifest in try manifests(of: model) { published[manifest.unit.index] = manifest }
      for index in 0..<Unit.count(rows: rows, unitRows: unitRows) {
        let first = Int64(index) * Int64(unitRows)
        let unit = Unit(model: model, index: index, rows: first..<min(first + Int64(unitRows), rows))
        guard let manifest = published.removeValue(forKey: index) else {
          result.missing.append(unit)
          continue
        }
        result.manifests.append(manifest)
        result.faults += try faults(of: manifest, expected: unit)
      }
      for (index, _) in published.sorted(by: { $0.key < $1.key }) {
        result.faults.append("\(directory.manifests(model: model)): unit \(index) is beyond the dataset's end")
      }
    }
    return result
  }

  private func faults(of manifest: Manifest, expected: Unit) throws -> [String] {
    let name = directory.manifest(of: expected)
    var faults: [String] = []
    if manifest.unit.rows != expected.rows { faults.append("\(name): covers other rows than the unit") }
    if manifest.counts.rows != expected.rows.count {
      faults.append("\(name): \(manifest.counts.rows) rows scored or quarantined of \(expected.rows.count)")
    }
    for part in manifest.parts {
      guard let path = part.path else { continue }
      let file = "\(directory.path)/\(path)"
      guard DurableFile.exists(file) else {
        faults.append("\(file): missing")
        continue
      }
      let digest = try DurableFile.digest(file)
      if digest.bytes != part.bytes || digest.sha256 != part.sha256 {
        faults.append("\(file): differs from its checksum")
      }
    }
    return faults
  }
}
