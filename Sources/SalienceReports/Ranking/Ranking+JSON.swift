import SalienceAttribution
import SalienceJSON

extension Ranking {
  /// For programs.
  public var json: JSONValue {
    [
      "model": .string(model), "examples": .integer(examples),
      "ranked_by": .array(metrics.map { .string($0.rawValue) }),
      "methods": .array(methods.map(\.json)),
      "agreement": .array(
        agreements.map {
          [
            "methods": .array($0.methods.map(JSONValue.string)), "metric": .string($0.metric.rawValue),
            "mean": .double($0.mean.value), "interval": $0.mean.intervalJSON, "examples": .integer($0.examples),
          ]
        }),
    ]
  }
}

extension Ranking.Method {
  fileprivate var json: JSONValue {
    [
      "method": .string(id), "random": .bool(isRandom),
      "mean_rank": meanRank.map { .double($0.value) } ?? .null, "mean_rank_interval": meanRank?.intervalJSON ?? .null,
      "evaluations": .double(evaluations), "seconds": seconds.map { .double($0) } ?? .null,
      "no_better_than_random": .bool(isNoBetterThanRandom), "ignores_weights": .bool(ignoresWeights),
      "metrics": .array(
        scores.map { score in
          [
            "metric": .string(score.metric.rawValue), "mean": .double(score.mean.value),
            "interval": score.mean.intervalJSON, "examples": .integer(score.examples),
            "better_than_random": score.beatsRandom.map { .bool($0) } ?? .null,
          ]
        }),
    ]
  }
}

extension Ranking.Estimate {
  /// The ends of the interval; null without one.
  fileprivate var intervalJSON: JSONValue {
    interval.map { .array([.double($0.lowerBound), .double($0.upperBound)]) } ?? .null
  }
}
