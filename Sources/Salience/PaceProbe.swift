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
    var flops = 0.0
    var seconds = 1.0
    var failures: [FailedRow] = []

    var flopsPerSecond: Double { flops / seconds }
  }

  private let scorer: PipelineScorer
  private let rows: [Row]
  /// Rows that cannot be tokenized.
  let failures: [FailedRow]

  /// Seconds that probing may take over all models; beside the matrix-product rate it keeps within 5 s.
  static let seconds = 3.5

  /// What a run typically reaches of the matrix product's own rate, for rows too long to try.
  private static let typicalShare = 0.7

  /// - Parameter evaluations: points of the path, one number a method.
  init(_ scorer: PipelineScorer, _ sample: [(example: Example, location: RecordLocation)], evaluations: [Int]) {
    self.scorer = scorer
    var (rows, failures) = ([Row](), [FailedRow]())
    for (example, location) in sample {
      do {
        let encoded = EncodedExample(example: example, windows: try scorer.encode(example))
        let flops = scorer.model.flops(tokens: encoded.tokenCount, evaluations: evaluations)
        rows.append(Row(example: encoded, location: location, flops: Double(flops)))
      } catch {
        failures.append(FailedRow(example, at: location, stage: .tokenize, error))
      }
    }
    (self.rows, self.failures) = (rows, failures)
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
  ) async throws -> Pace {
    // A third for the first row, which also makes what is made once; a third until no row is begun any more; and the
    // last third for those that are not done by then.
    let turn = seconds / 3
    let longest = ceiling.map { $0 / Double(workers) * Self.typicalShare * turn } ?? .infinity
    let short = rows.filter { $0.flops <= longest }
    guard let first = short.min(by: { $0.flops < $1.flops }) else {
      return Pace(flops: (ceiling ?? 0) * Self.typicalShare)
    }
    _ = try await scorer.score([first.example])
    let start = ContinuousClock.now
    var done = try await withThrowingTaskGroup(of: Pace.self) { [scorer] group in
      for worker in 0..<workers {
        group.addTask {
          var done = Pace()
          for index in stride(from: worker, to: short.count, by: workers) {
            if (ContinuousClock.now - start) / .seconds(1) > turn { break }
            let row = short[index]
            for case .failure(let failure) in try await scorer.score([row.example]) {
              done.failures.append(FailedRow(row.example.example, at: row.location, stage: .score, failure))
            }
            (done.rows, done.flops) = (done.rows + 1, done.flops + row.flops)
          }
          return done
        }
      }
      return try await group.reduce(into: Pace()) { all, own in
        (all.rows, all.flops) = (all.rows + own.rows, all.flops + own.flops)
        all.failures += own.failures
      }
    }
    done.seconds = max(1e-9, (ContinuousClock.now - start) / .seconds(1))
    return done
  }
}
