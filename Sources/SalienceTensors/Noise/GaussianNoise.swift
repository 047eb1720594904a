import Foundation

/// Normal noise of mean 0 on a value [tokens x H] of one sequence.
///
/// An element's number depends on the seed, its token's row in the sequence and its column alone, whatever is computed
/// beside it and wherever. Columns 4b..<4b + 4 of a row take the four words of `Philox` at the counter (b, row, 0, 0)
/// under the key (seed's low half, seed's high half); each pair of words (p, q) gives two normals r cos θ, r sin θ
/// (Box and Muller, Annals of Mathematical Statistics 29, 1958), with r = √(-2 ln((⌊p / 2⁸⌋ + 1) / 2²⁴)) and
/// θ = 2π ⌊q / 2⁸⌋ / 2²⁴, whose arguments float32 holds exactly.
public struct GaussianNoise: Sendable, Hashable {
  public let seed: UInt64
  /// Standard deviation, in the units of the value.
  public let deviation: Double

  public init(seed: UInt64, deviation: Double) {
    self.seed = seed
    self.deviation = deviation
  }

  /// The key of `Philox`.
  public var key: SIMD2<UInt32> { SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)) }

  /// The four random words of columns 4 * block..<4 * block + 4 of a token row.
  public func words(row: Int, block: Int) -> SIMD4<UInt32> {
    Philox.words(counter: SIMD4(UInt32(block), UInt32(row), 0, 0), key: key)
  }

  /// Standard normals of columns 0..<width of a token row, in float64.
  public func normals(row: Int, width: Int) -> [Double] {
    var result: [Double] = []
    for block in 0..<(width + 3) / 4 {
      let words = words(row: row, block: block)
      for (p, q) in [(words.x, words.y), (words.z, words.w)] {
        let radius = (-2 * log(Double((p >> 8) + 1) / Double(1 << 24))).squareRoot()
        let angle = 2 * Double.pi * Double(q >> 8) / Double(1 << 24)
        result += [radius * cos(angle), radius * sin(angle)]
      }
    }
    return Array(result.prefix(width))
  }
}
