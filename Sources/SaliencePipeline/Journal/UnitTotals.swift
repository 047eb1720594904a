import SalienceAttribution
import SalienceJSON
import SalienceReports

/// Sums over a unit's scored rows, of which the finishing step makes those of the run.
public struct UnitTotals: Sendable, Equatable {
  /// Sums over the explanations of one method.
  public struct Method: Sendable, Equatable {
    /// The largest relative delta and the row that has it, the first where several have.
    public struct Worst: Sendable, Equatable {
      public let relativeDelta: Double
      public let row: Int64
    }

    public let id: String
    public var explanations: Int = 0
    /// Points of the path evaluated.
    public var steps: Int = 0
    /// Explanations that have a convergence delta.
    public var deltas: Int = 0
    /// Of them, those whose relative delta is above `Explanation.relativeDeltaLimit`.
    public var missed: Int = 0
    /// nil where no explanation has a delta.
    public var worst: Worst?
    /// Explanations that a tolerance was asked for.
    public var withTolerance: Int = 0
    /// Of them, those that did not keep it.
    public var unconverged: Int = 0
    /// Explanations that missed a tolerance in half precision and were computed again in float32.
    public var repeated: Int = 0
    public var absoluteDeltaSum: Double = 0
    public var absoluteDeltaMaximum: Double = 0
    /// What its questions took, over all workers; they overlap.
    public var seconds: Double = 0
  }

  /// Tokens of the scored rows.
  public var tokens: Int = 0
  public var truncated: Int = 0
  /// Labels that are no class of the model.
  public var unknownLabels = UnknownLabels()
  /// Wall-clock seconds from the unit's first row to its last score; units overlap.
  public var seconds: Double = 0
  /// In pipeline order.
  public var methods: [Method] = []

  public init() {}

  public mutating func add(_ scored: ScoredExample) {
    tokens += scored.encoding.count
    truncated += scored.encoding.truncated ? 1 : 0
    unknownLabels.add(scored.meaning)
    for explanation in scored.explanations {
      var method = Method(id: explanation.method)
      method.explanations = 1
      method.steps = explanation.steps
      method.withTolerance = explanation.converged == nil ? 0 : 1
      method.unconverged = explanation.converged == false ? 1 : 0
      method.repeated = explanation.isRepeated ? 1 : 0
      if explanation.deltaIsBiases {
        add(method)
        continue
      }
      if let delta = explanation.convergenceDelta {
        method.deltas = 1
        method.absoluteDeltaSum = delta.magnitude
        method.absoluteDeltaMaximum = delta.magnitude
      }
      if let relative = explanation.relativeDelta {
        method.missed = relative <= Explanation.relativeDeltaLimit ? 0 : 1
        method.worst = Method.Worst(relativeDelta: relative, row: scored.example.row)
      }
      add(method)
    }
    for time in scored.seconds {
      var method = Method(id: time.method)
      method.seconds = time.seconds
      add(method)
    }
  }

  private mutating func add(_ other: Method) {
    guard let index = methods.firstIndex(where: { $0.id == other.id }) else {
      methods.append(other)
      return
    }
    methods[index].explanations += other.explanations
    methods[index].steps += other.steps
    methods[index].deltas += other.deltas
    methods[index].missed += other.missed
    methods[index].worst = [methods[index].worst, other.worst].compactMap { $0 }
      .min { (-$0.relativeDelta, $0.row) < (-$1.relativeDelta, $1.row) }
    methods[index].withTolerance += other.withTolerance
    methods[index].unconverged += other.unconverged
    methods[index].repeated += other.repeated
    methods[index].absoluteDeltaSum += other.absoluteDeltaSum
    methods[index].absoluteDeltaMaximum = max(methods[index].absoluteDeltaMaximum, other.absoluteDeltaMaximum)
    methods[index].seconds += other.seconds
  }

  public static func += (left: inout UnitTotals, right: UnitTotals) {
    left.tokens += right.tokens
    left.truncated += right.truncated
    left.unknownLabels += right.unknownLabels
    left.seconds += right.seconds
    for method in right.methods { left.add(method) }
  }
}

extension UnitTotals {
  var json: JSONValue {
    [
      "tokens": .integer(tokens), "truncated": .integer(truncated), "unknown_labels": unknownLabels.json,
      "seconds": .double(seconds),
      "methods": .array(
        methods.map {
          [
            "id": .string($0.id), "explanations": .integer($0.explanations), "steps": .integer($0.steps),
            "with_tolerance": .integer($0.withTolerance), "unconverged": .integer($0.unconverged),
            "repeated_in_f32": .integer($0.repeated), "deltas": .integer($0.deltas),
            "over_5_percent": .integer($0.missed),
            "relative_delta_max": $0.worst.map { .double($0.relativeDelta) } ?? nil,
            "relative_delta_max_row": $0.worst.map { .integer($0.row) } ?? nil,
            "abs_delta_sum": .double($0.absoluteDeltaSum),
            "abs_delta_max": .double($0.absoluteDeltaMaximum), "seconds": .double($0.seconds),
          ]
        }),
    ]
  }

  /// Reads what `json` writes; nil where something is missing.
  init?(_ json: JSONValue) {
    guard let tokens = json["tokens"]?.intValue, let truncated = json["truncated"]?.intValue,
      let seconds = json["seconds"]?.doubleValue, let methods = json["methods"]?.arrayValue
    else { return nil }
    self.init()
    self.tokens = tokens
    self.truncated = truncated
    // Manifests from before labels were looked at do not say.
    unknownLabels = json["unknown_labels"].flatMap(UnknownLabels.init) ?? UnknownLabels()
    self.seconds = seconds
    for method in methods {
      guard let id = method["id"]?.stringValue, let explanations = method["explanations"]?.intValue,
        let steps = method["steps"]?.intValue, let deltas = method["deltas"]?.intValue,
        let missed = method["over_5_percent"]?.intValue, let withTolerance = method["with_tolerance"]?.intValue,
        let unconverged = method["unconverged"]?.intValue, let repeated = method["repeated_in_f32"]?.intValue,
        let sum = method["abs_delta_sum"]?.doubleValue, let maximum = method["abs_delta_max"]?.doubleValue
      else { return nil }
      self.methods.append(
        Method(
          id: id, explanations: explanations, steps: steps, deltas: deltas, missed: missed, worst: Method.Worst(method),
          withTolerance: withTolerance, unconverged: unconverged, repeated: repeated, absoluteDeltaSum: sum,
          absoluteDeltaMaximum: maximum,
          // Manifests from before methods were timed do not say.
          seconds: method["seconds"]?.doubleValue ?? 0))
    }
  }
}

extension UnitTotals.Method.Worst {
  /// nil where a method's explanations have no delta.
  init?(_ json: JSONValue) {
    guard let delta = json["relative_delta_max"]?.doubleValue, let row = json["relative_delta_max_row"]?.intValue
    else { return nil }
    self.init(relativeDelta: delta, row: Int64(row))
  }
}
