import SalienceDatasets
import SaliencePipeline

/// Measures how fast a model's rows are scored here, by scoring a few.
struct PaceProbe {
  private struct Row: Sendable {
    let example: EncodedExample
    let flops: Double
  }

  private let scorer: PipelineScorer
  private let rows: [Row]

  /// Seconds that probing may take over all models; beside the matrix-product rate it keeps within 5 s.
  static let seconds = 3.5

  /// What a run typically reaches of the matrix product's own rate, for rows too long to try.
  private static let typicalShare = 0.7

  /// - Parameter evaluations: points of the path, one number a method.
  init(_ scorer: PipelineScorer, _ examples: [Example], evaluations: [Int]) {
    self.scorer = scorer
    rows = examples.compactMap { example in
      guard let windows = try? scorer.encode(example) else { return nil }
      let encoded = EncodedExample(example: example, windows: windows)
      let flops = scorer.model.flops(tokens: encoded.tokenCount, evaluations: evaluations)
      return Row(example: encoded, flops: Double(flops))
    }
  }

  var meanTokens: Double { mean { Double($0.example.tokenCount) } }
  var meanFLOPs: Double { mean(\.flops) }

  private func mean(_ value: (Row) -> Double) -> Double {
    rows.isEmpty ? 0 : rows.reduce(0) { $0 + value($1) } / Double(rows.count)
  }

  /// Scores rows on all workers at once, as a run does.
  ///
  /// - Parameters:
  ///   - ceiling: FLOP/s of the device's matrix product; rows that would take too long even at that rate are not tried.
  ///   - seconds: what the probe may take.
  func measure(
    workers: Int, ceiling: Double?, seconds: Double
  ) async throws -> (rows: Int, flopsPerSecond: Double) {
    // A third for the first row, which also makes what is made once; a third until no row is begun any more; and the
    // last third for those that are not done by then.
    let turn = seconds / 3
    let longest = ceiling.map { $0 / Double(workers) * Self.typicalShare * turn } ?? .infinity
    let short = rows.filter { $0.flops <= longest }
    guard let first = short.min(by: { $0.flops < $1.flops }) else { return (0, (ceiling ?? 0) * Self.typicalShare) }
    _ = try await scorer.score([first.example])
    let start = ContinuousClock.now
    let done = try await withThrowingTaskGroup(of: (rows: Int, flops: Double).self) { [scorer] group in
      for worker in 0..<workers {
        group.addTask {
          var done = (rows: 0, flops: 0.0)
          for index in stride(from: worker, to: short.count, by: workers) {
            if (ContinuousClock.now - start) / .seconds(1) > turn { break }
            _ = try await scorer.score([short[index].example])
            done = (done.rows + 1, done.flops + short[index].flops)
          }
          return done
        }
      }
      return try await group.reduce((rows: 0, flops: 0.0)) { ($0.rows + $1.rows, $0.flops + $1.flops) }
    }
    return (done.rows, done.flops / max(1e-9, (ContinuousClock.now - start) / .seconds(1)))
  }
}
