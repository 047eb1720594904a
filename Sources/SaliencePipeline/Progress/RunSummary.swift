import SalienceJSON

/// What a run came to, over all attempts and shards.
public struct RunSummary: Sendable, Equatable {
  /// What a run came to under one model.
  public struct Model: Sendable, Equatable {
    public let name: String
    public var units = 0
    public var counts = RowCounts()
    public var totals = UnitTotals()

    public init(name: String) { self.name = name }
  }

  /// Rows of the dataset, up to the limit.
  public let rows: Int64
  /// In pipeline order.
  public let models: [Model]
  /// Units that other shards have left to do.
  public let missingUnits: Int
  /// Wall-clock seconds of this process.
  public let seconds: Double
  /// Rows of units in flight that an earlier attempt had scored.
  public let takenOver: Int
  /// Whether a finished run quarantined more rows than it may.
  public let exceedsBadRowLimit: Bool

  /// Whether every unit is published.
  public var isFinished: Bool { missingUnits == 0 }

  /// The error to end with, although everything is published: too many quarantined rows.
  ///
  /// - Parameter directory: of the run.
  public func badRowError(limit: BadRowLimit, in directory: RunLayout) -> PipelineError? {
    guard exceedsBadRowLimit else { return nil }
    let total = models.reduce(into: RowCounts()) { $0 += $1.counts }
    return PipelineError(
      .data,
      "\(total.quarantined) of \(total.rows) rows could not be scored, more than max_bad_rows \(limit.text);"
        + " \(directory.errors) says why")
  }
}

/// What `run.json` says of the program and the device.
public struct RunFacts: Sendable, Equatable {
  /// The program's version.
  public var version: String
  /// The resolved pipeline.
  public var pipeline: JSONValue
  /// The device the run was computed on.
  public var device: JSONValue
  /// Seeds by method id; empty where nothing is random.
  public var seeds: JSONValue

  public init(version: String, pipeline: JSONValue, device: JSONValue, seeds: JSONValue = .object([])) {
    self.version = version
    self.pipeline = pipeline
    self.device = device
    self.seeds = seeds
  }
}

extension Run {
  /// The contents of `run.json`.
  func runFile(_ summary: RunSummary) -> JSONValue {
    let total = summary.models.reduce(into: RowCounts()) { $0 += $1.counts }
    let known: JSONValue = [
      "format": 1,
      "version": .string(facts.version),
      "pipeline": facts.pipeline,
      "device": facts.device,
      "precision": ["asked": fingerprint.pipeline["precision"] ?? nil, "used": precisionsUsed],
      "seeds": facts.seeds,
      "rows": .integer(summary.rows),
      "unit_rows": .integer(fingerprint.unitRows),
      "limit": fingerprint.limit.map { .integer($0) } ?? nil,
      "counts": total.json,
      "results": .array(
        summary.models.map {
          [
            "model": .string($0.name), "units": .integer($0.units), "counts": $0.counts.json,
            "totals": $0.totals.json,
          ]
        }),
      "convergence": summary.convergence.json,
      "timings": ["last_attempt_seconds": .double(summary.seconds)],
      "rows_taken_over": .integer(summary.takenOver),
      "models": fingerprint.json["models"] ?? nil,
      "dataset": fingerprint.json["dataset"] ?? nil,
    ]
    return .object((known.objectValue ?? []) + resources.closingFacts())
  }

  /// A name, or several where a device's work went on elsewhere in another precision.
  private var precisionsUsed: JSONValue {
    let names = (resources.precisions?() ?? [fingerprint.precision]).map { JSONValue.string($0.rawValue) }
    return names.count == 1 ? names[0] : .array(names)
  }
}
