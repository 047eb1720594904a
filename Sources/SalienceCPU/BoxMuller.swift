/// Normals from random words in float32, as `GaussianNoise` defines them, without a library function that could differ
/// between machines.
enum BoxMuller {
  /// Four standard normals from four words.
  static func normals(_ words: SIMD4<UInt32>) -> SIMD4<Float> {
    SIMD4(lowHalf: pair(words.x, words.y), highHalf: pair(words.z, words.w))
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
