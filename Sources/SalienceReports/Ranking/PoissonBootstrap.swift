import SalienceAttribution

/// How often each example counts in each replicate of a bootstrap: drawn from a Poisson distribution of mean 1, so that
/// one pass over the examples and sums of each replicate are enough (Hanley and MacGibbon, Creating non-parametric
/// bootstrap samples using Poisson frequencies, 2006).
struct PoissonBootstrap {
  let replicates: Int
  private let seed: UInt64

  /// Part of the replicates between the ends of an interval.
  static let coverage = 0.95

  init(replicates: Int, seed: UInt64) {
    self.replicates = replicates
    self.seed = seed
  }

  /// Fills `weights` with the counts of an example, one for each replicate: the same for every number that is known of
  /// it.
  func draw(_ row: Int64, into weights: inout [Double]) {
    let words = [Int32(truncatingIfNeeded: row), Int32(truncatingIfNeeded: row >> 32)]
    let seeds = SampleSeeds(ids: words, typeIDs: [], method: "bootstrap", seed: seed)
    for replicate in 0..<replicates { weights[replicate] = Self.count(UInt32(seeds[replicate] >> 32)) }
  }

  /// A Poisson number of mean 1 from a uniform one, by the inverse of its distribution.
  private static func count(_ uniform: UInt32) -> Double {
    var count = 0
    while count < limits.count, uniform >= limits[count] { count += 1 }
    return Double(count)
  }

  /// 2^32 times the chance of at most k, from k = 0 on.
  private static let limits: [UInt32] = {
    var (term, sum, limits) = (0.367_879_441_171_442_32, 0.0, [UInt32]())
    for k in 1...12 {
      sum += term
      term /= Double(k)
      limits.append(UInt32(sum * 0x1p32))
    }
    return limits
  }()

  /// The ends of the middle 95 % of some numbers, as numpy's `percentile` finds them; nil for fewer than two.
  static func interval(_ values: [Double]) -> ClosedRange<Double>? {
    let sorted = values.filter(\.isFinite).sorted()
    guard sorted.count > 1 else { return nil }
    func quantile(_ part: Double) -> Double {
      let place = part * Double(sorted.count - 1)
      let (low, high) = (Int(place), min(Int(place) + 1, sorted.count - 1))
      return sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low))
    }
    return quantile((1 - coverage) / 2)...quantile((1 + coverage) / 2)
  }
}

/// A mean over examples and the same of every replicate, from running sums.
struct BootstrapMean {
  private var sum = 0.0
  private var count = 0.0
  private(set) var examples = 0
  private var sums: [Double]
  private var counts: [Double]

  init(replicates: Int) {
    sums = Array(repeating: 0, count: replicates)
    counts = sums
  }

  /// Adds an example's numbers.
  ///
  /// - Parameters:
  ///   - own: their sum.
  ///   - number: how many they are.
  ///   - weights: of the example, one for each replicate.
  mutating func add(_ own: Double, of number: Double, _ weights: [Double]) {
    sum += own
    count += number
    examples += 1
    // A run of 100,000 rows comes here some ten million times.
    sums.withUnsafeMutableBufferPointer { sums in
      counts.withUnsafeMutableBufferPointer { counts in
        weights.withUnsafeBufferPointer { weights in
          for index in 0..<min(sums.count, counts.count, weights.count) {
            sums[index] += weights[index] * own
            counts[index] += weights[index] * number
          }
        }
      }
    }
  }

  var mean: Double { sum / count }

  /// One for each replicate; no number where it holds no example.
  var means: [Double] { zip(sums, counts).map { $1 > 0 ? $0 / $1 : .nan } }
}
