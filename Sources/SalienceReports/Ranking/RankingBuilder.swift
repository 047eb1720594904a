import SalienceAttribution
import SalienceParquet

/// Reads a model's metrics once and keeps the sums of each replicate.
struct RankingBuilder {
  private struct Key: Hashable {
    let method: String
    let other: String?
    let metric: FaithfulnessMetric
  }

  private let bootstrap: PoissonBootstrap
  private var means: [Key: BootstrapMean] = [:]
  private var examples = 0
  private var steps: [String: (sum: Double, count: Double)] = [:]

  init(_ bootstrap: PoissonBootstrap) { self.bootstrap = bootstrap }

  /// - Throws: `ReportError.malformedTable` or `ParquetError` where a table cannot be read.
  mutating func read(_ run: RunDirectory, model: String) throws {
    var rows = TableCursor<MetricRow>(
      run.parts(of: .metrics, model: model),
      columns: ["row", "method", "metric", "fraction", "other_method", "value"])
    var own: [Key: (sum: Double, count: Double)] = [:]
    var weights = [Double](repeating: 0, count: bootstrap.replicates)
    var current: Int64?
    while true {
      let row = try rows.next()
      if let current, row?.key.row != current {
        bootstrap.draw(current, into: &weights)
        add(own, weights)
        own = [:]
      }
      guard let row else { break }
      current = row.key.row
      // A point of a curve stands in its area already.
      guard row.fraction == nil, let value = row.value, value.isFinite else { continue }
      let key = Key(method: row.key.method, other: row.otherMethod, metric: row.metric)
      own[key, default: (0, 0)].sum += value
      own[key, default: (0, 0)].count += 1
    }
    var explanations = TableCursor<ExplanationRow>(
      run.parts(of: .explanations, model: model), columns: ["method", "steps"])
    while let row = try explanations.next() {
      steps[row.key.method, default: (0, 0)].sum += Double(row.steps)
      steps[row.key.method, default: (0, 0)].count += 1
    }
  }

  private mutating func add(_ own: [Key: (sum: Double, count: Double)], _ weights: [Double]) {
    examples += 1
    for (key, value) in own {
      means[key, default: BootstrapMean(replicates: bootstrap.replicates)].add(value.sum, of: value.count, weights)
    }
  }

  /// - Parameters:
  ///   - methods: of the pipeline, in its order.
  ///   - seconds: what each method took, by its id.
  func ranking(of model: String, methods: [RunDirectory.Method], seconds: [String: Double]) -> Ranking {
    let all = FaithfulnessMetric.allCases.filter { metric in means.keys.contains { $0.metric == metric } }
    let ranking = Ranking.ranking(all, isOneUnit: Set(methods.map(\.output)).count < 2).filter { metric in
      methods.allSatisfy { mean(of: $0, metric) != nil }
    }
    let ranks = meanRanks(of: methods, by: ranking)
    var found = methods.indices.map { index in
      let own = steps[methods[index].id]
      return Ranking.Method(
        id: methods[index].id, isRandom: methods[index].isRandom,
        scores: all.compactMap { score(of: methods[index], $0) },
        meanRank: ranks?[index], evaluations: own.map { $0.sum / max(1, $0.count) } ?? 0,
        seconds: seconds[methods[index].id])
    }
    if let chance = methods.firstIndex(where: \.isRandom) {
      for index in found.indices where !found[index].isRandom {
        found[index].scores = found[index].scores.map { score in
          let isInUnits = [.infidelity, .normalizedInfidelity].contains(score.metric)
          guard !isInUnits || methods[index].output == methods[chance].output else { return score }
          return Self.compared(score, with: found[chance])
        }
      }
    }
    let order = found.indices.sorted {
      (found[$0].meanRank?.value ?? .infinity, $0) < (found[$1].meanRank?.value ?? .infinity, $1)
    }
    return Ranking(
      model: model, examples: examples, metrics: ranking, methods: order.map { found[$0] },
      agreements: agreements(among: methods))
  }

  private func mean(of method: RunDirectory.Method, _ metric: FaithfulnessMetric) -> BootstrapMean? {
    means[Key(method: method.id, other: nil, metric: metric)]
  }

  private static func estimate(_ mean: BootstrapMean) -> Ranking.Estimate {
    Ranking.Estimate(
      value: mean.mean, interval: mean.examples > 1 ? PoissonBootstrap.interval(mean.means) : nil)
  }

  private func score(of method: RunDirectory.Method, _ metric: FaithfulnessMetric) -> Ranking.Score? {
    mean(of: method, metric).map {
      Ranking.Score(metric: metric, mean: Self.estimate($0), examples: $0.examples)
    }
  }

  private static func compared(_ score: Ranking.Score, with random: Ranking.Method) -> Ranking.Score {
    guard let other = random.scores.first(where: { $0.metric == score.metric })?.mean.interval,
      let own = score.mean.interval, let order = score.metric.order
    else { return score }
    var score = score
    score.beatsRandom =
      order == .higherIsBetter ? own.lowerBound > other.upperBound : own.upperBound < other.lowerBound
    return score
  }

  /// The methods' places, averaged over metrics; nil without a metric that every method has.
  private func meanRanks(
    of methods: [RunDirectory.Method], by metrics: [FaithfulnessMetric]
  ) -> [Ranking.Estimate]? {
    guard !metrics.isEmpty, !methods.isEmpty else { return nil }
    func places(_ value: (BootstrapMean) -> Double) -> [Double] {
      var sums = [Double](repeating: 0, count: methods.count)
      for metric in metrics {
        guard let order = metric.order else { continue }
        let values = methods.map { mean(of: $0, metric).map(value) ?? .nan }
        // A replicate without any example of a method tells nothing.
        guard values.allSatisfy(\.isFinite) else { return sums.map { _ in .nan } }
        for (index, place) in Ranking.places(values, order).enumerated() { sums[index] += place }
      }
      return sums.map { $0 / Double(metrics.count) }
    }
    let points = places(\.mean)
    let columns = methods.map { method in metrics.map { mean(of: method, $0)?.means ?? [] } }
    var replicates = methods.map { _ in [Double]() }
    for replicate in 0..<bootstrap.replicates {
      var sums = [Double](repeating: 0, count: methods.count)
      for (place, metric) in metrics.enumerated() {
        guard let order = metric.order else { continue }
        let values = columns.map { $0[place][replicate] }
        let own = values.allSatisfy(\.isFinite) ? Ranking.places(values, order) : values.map { _ in .nan }
        for index in sums.indices { sums[index] += own[index] }
      }
      for index in sums.indices { replicates[index].append(sums[index] / Double(metrics.count)) }
    }
    return zip(points, replicates).map {
      Ranking.Estimate(value: $0, interval: examples > 1 ? PoissonBootstrap.interval($1) : nil)
    }
  }

  private func agreements(among methods: [RunDirectory.Method]) -> [Ranking.Agreement] {
    methods.indices.flatMap { first in
      methods[(first + 1)...].flatMap { second in
        [FaithfulnessMetric.agreementTau, .agreementTopK].compactMap { metric in
          let keys = [(methods[first].id, second.id), (second.id, methods[first].id)].map {
            Key(method: $0.0, other: $0.1, metric: metric)
          }
          return keys.compactMap { means[$0] }.first.map {
            Ranking.Agreement(
              methods: [methods[first].id, second.id], metric: metric, mean: Self.estimate($0), examples: $0.examples)
          }
        }
      }
    }
  }
}
