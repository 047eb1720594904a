import SalienceAttribution
import SalienceJSON
import SalienceReports

/// How near explanations come to F(x) - F(x'), over some models and methods.
public struct Convergence: Sendable, Equatable {
  /// The explanation with the largest relative delta.
  public struct Worst: Sendable, Equatable {
    public let model: String
    /// The method's id.
    public let method: String
    public let row: Int64
    /// |convergence delta| as a share; see `Explanation.relativeDelta`.
    public let relativeDelta: Double
  }

  /// Explanations that have a convergence delta.
  public private(set) var explanations = 0
  /// Of them, those whose relative delta is above `Explanation.relativeDeltaLimit`.
  public private(set) var missed = 0
  /// The first in pipeline order where several are as bad; nil where no explanation has a delta.
  public private(set) var worst: Worst?
  /// Explanations that a tolerance was asked for.
  public private(set) var withTolerance = 0
  /// Of them, those that did not keep it.
  public private(set) var unconverged = 0
  /// Whether every one that missed was one of a method with a tolerance.
  private var onlyTolerancesMissed = true

  /// - Parameter models: what a run came to under each, in pipeline order.
  public init(_ models: [RunSummary.Model]) {
    for model in models {
      for method in model.totals.methods {
        explanations += method.deltas
        missed += method.missed
        withTolerance += method.withTolerance
        unconverged += method.unconverged
        if method.missed > 0 && method.withTolerance == 0 { onlyTolerancesMissed = false }
        if let own = method.worst, own.relativeDelta > (worst?.relativeDelta ?? -1) {
          worst = Worst(model: model.name, method: method.id, row: own.row, relativeDelta: own.relativeDelta)
        }
      }
    }
  }

  /// - Parameter scored: an example by itself.
  public init(of scored: ScoredExample) {
    var model = RunSummary.Model(name: "")
    model.totals.add(scored)
    self.init([model])
  }

  /// What a user should know before believing the scores, a line each; empty where all is well.
  ///
  /// - Parameter naming: whether to name the worst explanation's model, method and row.
  public func warnings(naming: Bool = true) -> [String] {
    var lines: [String] = []
    if missed > 0, let worst {
      let place = naming ? " (model \(worst.model), method \(worst.method), row \(worst.row))" : ""
      let share = Self.share(worst.relativeDelta)
      lines.append(
        "the convergence delta of \(missed) of \(explanations) explanations is more than"
          + " \(Self.share(Explanation.relativeDeltaLimit)) of F(x) - F(x'), of the worst \(share)\(place): their scores"
          + " may be off; \(advice)")
    }
    if unconverged > 0 {
      lines.append(
        "\(unconverged) of \(withTolerance) explanations did not keep their tolerance, for max_steps or for rounding;"
          + " convergence_delta says by how much")
    }
    return lines
  }

  /// What brings the deltas down.
  private var advice: String {
    let remedy = onlyTolerancesMissed ? "allow more max_steps or take" : "take more steps or samples, a tolerance or"
    return "\(remedy) another baseline, for a decoder a token rather than zero"
  }

  /// A share in percent, or as a multiple where it is large.
  private static func share(_ value: Double) -> String {
    guard value < 1000 else { return "more than 1000 times it" }
    if value >= 10 { return "\(Int(value.rounded())) times it" }
    let tenths = Int((value * 1000).rounded())
    return tenths >= 100 || tenths % 10 == 0 ? "\(Int((value * 100).rounded())) %" : "\(tenths / 10).\(tenths % 10) %"
  }

  /// What `run.json` and `run --json` say.
  public var json: JSONValue {
    [
      "explanations": .integer(explanations), "over_5_percent": .integer(missed),
      "worst": worst.map {
        [
          "model": .string($0.model), "method": .string($0.method), "row": .integer($0.row),
          "relative_delta": .double($0.relativeDelta),
        ]
      } ?? nil,
      "with_tolerance": .integer(withTolerance), "unconverged": .integer(unconverged),
      "warnings": .array(warnings().map { .string($0) }),
    ]
  }
}

extension RunSummary {
  /// How near the explanations of all models come to F(x) - F(x').
  public var convergence: Convergence { Convergence(models) }
}

extension RunSummary.Model {
  /// Explanations that did not keep the tolerance that was asked for.
  public var unconverged: Int { totals.methods.reduce(0) { $0 + $1.unconverged } }
}
