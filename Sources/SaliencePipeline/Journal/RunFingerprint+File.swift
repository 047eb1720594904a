import SalienceFoundation
import SalienceJSON
import SalienceTensors

extension RunFingerprint {
  public var json: JSONValue {
    let known: JSONValue = [
      "format": 1, "pipeline": pipeline, "precision_in_use": .string(precision.rawValue),
      "unit_rows": .integer(unitRows),
      "limit": limit.map { .integer($0) } ?? nil,
      "models": .array(models.map { ["name": .string($0.name), "files": .array($0.files.map(\.json))] }),
      "dataset": .array(dataset.map(\.json)),
    ]
    let influential =
      training.isEmpty ? [] : [JSONMember(name: "training", value: .array(training.map(\.json)))]
    return .object((known.objectValue ?? []) + influential)
  }

  /// Reads a stored fingerprint.
  ///
  /// - Throws: `PipelineError` naming the file.
  public init(path: String) throws {
    let bytes = try DurableFile.read(path, limit: 64 << 20)
    func damaged() -> PipelineError { PipelineError(.data, "not the fingerprint of a run", at: path) }
    guard let json = try? JSONValue(parsing: bytes), json["format"]?.intValue == 1,
      let pipeline = json["pipeline"], let unitRows = json["unit_rows"]?.intValue, unitRows > 0,
      let models = json["models"]?.arrayValue, let dataset = json["dataset"]?.arrayValue
    else { throw damaged() }
    // Runs from before precisions were a choice do not say.
    guard let precision = Precision(rawValue: json["precision_in_use"]?.stringValue ?? Precision.f32.rawValue) else {
      throw damaged()
    }
    func files(_ values: [JSONValue]) throws -> [File] {
      try values.map { value in
        guard let path = value["path"]?.stringValue, let bytes = value["bytes"]?.intValue,
          let sha256 = value["sha256"]?.stringValue
        else { throw damaged() }
        return File(path: path, bytes: Int64(bytes), sha256: sha256)
      }
    }
    self.init(
      pipeline: pipeline, precision: precision, unitRows: unitRows, limit: json["limit"]?.intValue.map(Int64.init),
      models: try models.map { model in
        guard let name = model["name"]?.stringValue, let list = model["files"]?.arrayValue else { throw damaged() }
        return Model(name: name, files: try files(list))
      }, dataset: try files(dataset), training: try files(json["training"]?.arrayValue ?? []))
  }
}

extension RunFingerprint.File {
  var json: JSONValue { ["path": .string(path), "bytes": .integer(bytes), "sha256": .string(sha256)] }
}
