import Foundation

/// Normal noise of mean 0 on a value [tokens x H] of one sequence.
///
/// An element's number depends on the seed, its token's row in the sequence and its column alone, whatever is computed
/// beside it and wherever. Columns 4b..<4b + 4 of a row take the four words of `Philox` at the counter (b, row, 0, 0)
/// under the key (seed's low half, seed's high half); each pair of words (p, q) gives two normals r cos θ, r sin θ
/// (Box and Muller, Annals of Mathematical Statistics 29, 1958), with r = √(-2 ln((⌊p / 2⁸⌋ + 1) / 2²⁴)) and
/// θ = 2π ⌊q / 2⁸⌋ / 2²⁴, whose arguments float32 holds exactly.
public struct GaussianNoise: Sendable, Equatable {
  public let seed: UInt64
  /// Standard deviation, in the units of the value.
  public let deviation: Double

  public init(seed: UInt64, deviation: Double) {
    self.seed = seed
    self.deviation = deviation
  }

  /// The key of `Philox`.
  public var key: SIMD2<UInt32> { SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)) }

  private func words(row: Int, block: Int) -> SIMD4<UInt32> {
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

  /// Adds the noise to one token row in float32, without a library function that could differ between machines.
  ///
  /// - Parameters:
  ///   - values: the row's H elements.
  ///   - row: the token's row in its sequence.
  public func add(to values: UnsafeMutableBufferPointer<Float>, row: Int) {
    let scale = Float(deviation)
    for start in stride(from: 0, to: values.count, by: 4) {
      let words = words(row: row, block: start / 4)
      let (first, second) = (Self.pair(words.x, words.y), Self.pair(words.z, words.w))
      let normals = SIMD4(lowHalf: first, highHalf: second)
      for column in start..<min(start + 4, values.count) { values[column] += scale * normals[column - start] }
    }
  }

  private static func pair(_ p: UInt32, _ q: UInt32) -> SIMD2<Float> {
    (-2 * logarithm((p >> 8) + 1)).squareRoot() * direction(q >> 8)
  }

  /// ln(n / 2²⁴) for n in 1...2²⁴: with n = m 2ᵉ and m in √½..<√2, e ln 2 + 2 artanh((m - 1) / (m + 1)), whose series
  /// ends below float32's resolution.
  private static func logarithm(_ n: UInt32) -> Float {
    let value = Float(n) * 0x1p-24
    var (exponent, mantissa) = (Float(value.exponent), value.significand)
    if mantissa > 1.4142135 { (exponent, mantissa) = (exponent + 1, mantissa * 0.5) }
    let s = (mantissa - 1) / (mantissa + 1)
    let square = s * s
    let series = 1 + square * (1.0 / 3 + square * (1.0 / 5 + square * (1.0 / 7 + square * (1.0 / 9))))
    return exponent * 0.6931472 + 2 * s * series
  }

  /// cos and sin of 2π n / 2²⁴: an exact number of quarter turns, and the Taylor series within an eighth of one.
  private static func direction(_ n: UInt32) -> SIMD2<Float> {
    let quarter = (n + (1 << 21)) >> 22
    let x = Float(Int32(n) - Int32(quarter << 22)) * (1.5707963 * 0x1p-22)
    let square = x * x
    let sine = x * (1 - square * (1.0 / 6 - square * (1.0 / 120 - square * (1.0 / 5040 - square * (1.0 / 362_880)))))
    let cosine = 1 - square * (0.5 - square * (1.0 / 24 - square * (1.0 / 720 - square * (1.0 / 40_320))))
    switch quarter & 3 {
    case 0: return SIMD2(cosine, sine)
    case 1: return SIMD2(-sine, cosine)
    case 2: return SIMD2(-cosine, -sine)
    default: return SIMD2(sine, -cosine)
    }
  }
}
