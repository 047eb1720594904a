import SalienceDatasets
import SalienceFoundation
import SalienceJSON
import SalienceTensors

/// What a run's numbers depend on: the pipeline, the precision in use, its models' files and the dataset's files.
///
/// A run is resumed only where all of it is the same.
public struct RunFingerprint: Sendable, Equatable {
  /// One input file.
  ///
  /// Files are the same where name, size and checksum are; the directory may have moved.
  public struct File: Sendable, Equatable {
    public let path: String
    public let bytes: Int64
    public let sha256: String
    /// The file whose bytes were read, as it was then; nil for one that a stored fingerprint tells of.
    public let identity: FileIdentity?

    /// Reads the file once.
    ///
    /// - Throws: `FileFault` naming the path; `PipelineError.data` where the file changes meanwhile.
    public init(reading path: String) throws {
      let digest = try DurableFile.digest(path)
      self.init(path: path, bytes: digest.bytes, sha256: digest.sha256, identity: digest.identity)
      try checkUnchanged()
    }

    /// Reads a file that only the run itself writes, under the name that every run of it has.
    public init(reading path: String, named name: String) throws {
      let digest = try DurableFile.digest(path)
      self.init(path: name, bytes: digest.bytes, sha256: digest.sha256)
    }

    init(path: String, bytes: Int64, sha256: String, identity: FileIdentity? = nil) {
      self.path = path
      self.bytes = bytes
      self.sha256 = sha256
      self.identity = identity
    }

    /// Files are equal where their contents are, whichever process read them.
    public static func == (first: File, second: File) -> Bool {
      first.path == second.path && first.bytes == second.bytes && first.sha256 == second.sha256
    }

    /// Checks that the file is still the one that was read.
    ///
    /// - Throws: `PipelineError.data` naming the path and what changed.
    public func checkUnchanged() throws {
      guard let identity, let change = FileIdentity.change(from: identity, to: FileIdentity(path: path)) else { return }
      throw PipelineError(.data, "the file changed while the run went on: \(change)", at: path)
    }

    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
  }

  /// One model's files.
  public struct Model: Sendable, Equatable {
    public let name: String
    public let files: [File]

    public init(name: String, files: [File]) {
      self.name = name
      self.files = files
    }
  }

  /// The resolved pipeline, without what no number depends on.
  public let pipeline: JSONValue
  /// What matrix products are computed in: f32 where the device lacks what the pipeline asks for.
  public let precision: Precision
  /// Rows of a full unit.
  public let unitRows: Int
  /// Rows the run is limited to; nil for the whole dataset.
  public let limit: Int64?
  public let models: [Model]
  public let dataset: [File]
  /// Files of training rows whose influence is asked for.
  public let training: [File]

  /// - Parameter precision: in use; as the pipeline asks for unless given.
  public init(
    pipeline: Pipeline, precision: Precision? = nil, unitRows: Int, limit: Int64?, models: [Model], dataset: [File],
    training: [File] = []
  ) {
    let ignored = ["name", "models", "max_bad_rows"]
    let members = (pipeline.resolved.objectValue ?? []).filter { !ignored.contains($0.name) }.map { member in
      switch member.name {
      case "dataset": JSONMember(name: member.name, value: member.value.removing("path"))
      case "output": JSONMember(name: member.name, value: member.value.removing("directory"))
      case "influence":
        JSONMember(
          name: member.name,
          value: .object(
            (member.value.objectValue ?? []).map {
              $0.name == "training" ? JSONMember(name: $0.name, value: $0.value.removing("path")) : $0
            }))
      default: member
      }
    }
    self.init(
      pipeline: .object(members), precision: precision ?? pipeline.precision, unitRows: unitRows, limit: limit,
      models: models, dataset: dataset, training: training)
  }

  init(
    pipeline: JSONValue, precision: Precision, unitRows: Int, limit: Int64?, models: [Model], dataset: [File],
    training: [File] = []
  ) {
    self.pipeline = pipeline
    self.precision = precision
    self.unitRows = unitRows
    self.limit = limit
    self.models = models
    self.dataset = dataset
    self.training = training
  }

  /// What differs from the fingerprint of the run so far, one line each.
  public func differences(from earlier: RunFingerprint) -> [String] {
    var lines = Self.differences("pipeline", earlier.pipeline, pipeline)
    if earlier.precision != precision {
      lines.append("precision in use: \(earlier.precision.rawValue), now \(precision.rawValue)")
    }
    if earlier.unitRows != unitRows { lines.append("rows of a unit: \(earlier.unitRows), now \(unitRows)") }
    if earlier.limit != limit {
      func text(_ limit: Int64?) -> String { limit.map(String.init) ?? "none" }
      lines.append("--limit: \(text(earlier.limit)), now \(text(limit))")
    }
    let names = (old: earlier.models.map(\.name), new: models.map(\.name))
    if names.old != names.new {
      lines.append("models: \(names.old.joined(separator: ", ")), now \(names.new.joined(separator: ", "))")
    } else {
      for (old, new) in zip(earlier.models, models) {
        lines += Self.differences("model \(new.name)", old.files, new.files)
      }
    }
    return lines + Self.differences("dataset", earlier.dataset, dataset)
      + Self.differences("influence.training", earlier.training, training)
  }

  private static func differences(_ place: String, _ old: [File], _ new: [File]) -> [String] {
    guard old.map(\.name) == new.map(\.name) else {
      let names = (old: old.map(\.name), new: new.map(\.name))
      return ["\(place): files \(names.old.joined(separator: ", ")), now \(names.new.joined(separator: ", "))"]
    }
    return zip(old, new).filter { $0.bytes != $1.bytes || $0.sha256 != $1.sha256 }
      .map { "\(place): \($1.path) has other contents" }
  }

  private static func differences(_ place: String, _ old: JSONValue, _ new: JSONValue) -> [String] {
    if old == new { return [] }
    if let before = old.objectValue, let after = new.objectValue {
      var names = before.map(\.name)
      names += after.map(\.name).filter { !names.contains($0) }
      return names.flatMap { differences("\(place).\($0)", old[$0] ?? .null, new[$0] ?? .null) }
    }
    if let before = old.arrayValue, let after = new.arrayValue, before.count == after.count {
      return zip(before, after).enumerated().flatMap { differences("\(place).\($0)", $1.0, $1.1) }
    }
    return ["\(place): \(old.text()), now \(new.text())"]
  }
}

extension JSONValue {
  fileprivate func removing(_ name: String) -> JSONValue {
    .object((objectValue ?? []).filter { $0.name != name })
  }
}
