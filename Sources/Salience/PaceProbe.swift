import SalienceDatasets
import SaliencePipeline
import SalienceReports

/// Measures how fast a model's rows are scored here, by scoring a few.
struct PaceProbe {
  private struct Row: Sendable {
    let example: EncodedExample
    let location: RecordLocation
    let flops: Double
  }

  /// What scoring some rows came to.
  struct Pace: Sendable {
    var rows = 0
    /// FLOP/s of all workers together.
    var flopsPerSecond = 0.0
    var failures: [FailedRow] = []
    var scored: [ScoredExample] = []
  }

  private let scorer: PipelineScorer
  private let sample: DatasetSample
  private let first: [Row]
  private let spread: [Row]
  /// Rows that cannot be tokenized.
  let failures: [FailedRow]
  /// Seconds that reading a text's tokens takes one thread, on average.
  let encodingSeconds: Double

  /// Seconds that probing may take over all models; beside the matrix-product rate it keeps within 5 s.
  static let seconds = 3.5

  /// What a run typically reaches of the matrix product's own rate, for rows too long to try.
  private static let typicalShare = 0.7

  init(_ scorer: PipelineScorer, _ sample: DatasetSample) {
    (self.scorer, self.sample) = (scorer, sample)
    var failures: [FailedRow] = []
    func encode(_ records: [DatasetSample.Record]) -> [Row] {
      records.compactMap { example, location in
        do {
          let encoded = EncodedExample(example: example, windows: try scorer.encode(example))
          return Row(example: encoded, location: location, flops: scorer.work(encoded))
        } catch {
          failures.append(FailedRow(example, at: location, stage: .tokenize, error))
          return nil
        }
      }
    }
    let start = ContinuousClock.now
    (first, spread) = (encode(sample.first), encode(sample.spread))
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    encodingSeconds = seconds / Double(max(1, sample.first.count + sample.spread.count))
    self.failures = failures
  }

  /// Whether there is a row to score.
  var hasRows: Bool { !first.isEmpty || !spread.isEmpty }

  /// Means over the dataset, of the rows that can be tokenized.
  var meanTokens: Double { mean { Double($0.example.tokenCount) } }
  var meanFLOPs: Double { mean(\.flops) }

  private func mean(_ value: (Row) -> Double) -> Double {
    func mean(_ rows: [Row]) -> Double { rows.isEmpty ? 0 : rows.reduce(0) { $0 + value($1) } / Double(rows.count) }
    return sample.mean(first: mean(first), rest: spread.isEmpty ? mean(first) : mean(spread))
  }

  /// Scores rows on all workers at once, in batches as a run makes them.
  ///
  /// - Parameters:
  ///   - ceiling: FLOP/s of the device's matrix product; rows that would take too long even at that rate are not tried.
  ///   - seconds: what the probe may take.
  func measure(ceiling: Double?, seconds: Double) async throws -> Pace {
    let workers = max(1, scorer.concurrency)
    // A third for the first row, which also makes what is made once, and for batches to be begun; the last third is for
    // those that are not done by then.
    let turn = seconds / 3
    let longest = ceiling.map { $0 / Double(workers) * Self.typicalShare * turn } ?? .infinity
    let short = (first + spread).filter { $0.flops <= longest }
    guard let smallest = short.min(by: { $0.flops < $1.flops }) else {
      return Pace(flopsPerSecond: (ceiling ?? 0) * Self.typicalShare)
    }
    let begun = ContinuousClock.now
    _ = try await scorer.score([smallest.example])
    let batches = batches(of: short, longest: longest)
    return try await withThrowingTaskGroup(of: Pace.self) { [scorer] group in
      for worker in 0..<workers {
        group.addTask {
          let start = ContinuousClock.now
          var (own, flops) = (Pace(), 0.0)
          for index in stride(from: worker, to: batches.count, by: workers) {
            if (ContinuousClock.now - begun) / .seconds(1) > 2 * turn { break }
            let batch = batches[index]
            for (row, result) in zip(batch, try await scorer.score(batch.map(\.example))) {
              switch result {
              case .success(let scored): own.scored.append(scored)
              case .failure(let failure):
                own.failures.append(FailedRow(row.example.example, at: row.location, stage: .score, failure))
              }
            }
            own.rows += batch.count
            flops += batch.reduce(0) { $0 + $1.flops }
          }
          own.flopsPerSecond = flops / max(1e-9, (ContinuousClock.now - start) / .seconds(1))
          return own
        }
      }
      return try await group.reduce(into: Pace()) { all, own in
        (all.rows, all.flopsPerSecond) = (all.rows + own.rows, all.flopsPerSecond + own.flopsPerSecond)
        all.failures += own.failures
        all.scored += own.scored
      }
    }
  }

  /// Rows of about one length together, as many as the scorer is given at once; any few of the batches stand for all.
  private func batches(of rows: [Row], longest: Double) -> [[Row]] {
    var batches: [[Row]] = []
    var (tokens, flops) = (0, 0.0)
    for row in rows.sorted(by: { $0.example.tokenCount > $1.example.tokenCount }) {
      if batches.isEmpty || tokens + row.example.tokenCount > scorer.tokenBudget || flops + row.flops > longest {
        batches.append([])
        (tokens, flops) = (0, 0)
      }
      batches[batches.count - 1].append(row)
      (tokens, flops) = (tokens + row.example.tokenCount, flops + row.flops)
    }
    // Multiples of the golden ratio's fraction fill an interval evenly, however many of them are taken.
    func turn(_ index: Int) -> Double { (Double(index) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1) }
    return batches.indices.sorted { turn($0) < turn($1) }.map { batches[$0] }
  }
}
