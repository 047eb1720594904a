import SalienceTensors

/// A weight as kernels read it in half precision; see `Shaders/include/matrix_precision.glsl`.
struct HalfPrecisionMatrix {
  /// Row-major, an even number of them.
  let words: [UInt16]
  /// What sums over the words are multiplied with to be sums over the weight: a power of two.
  let scale: Float

  /// - Parameter precision: f16 or bf16.
  init(_ values: [Float], precision: Precision) {
    let padding = [UInt16](repeating: 0, count: values.count % 2)
    guard precision == .f16 else {
      words = values.map(Self.bfloat16) + padding
      scale = 1
      return
    }
    let largest = values.reduce(0) { $1.isFinite ? max($0, $1.magnitude) : $0 }
    // The largest number comes to 2^14 at least, so that what f16 cannot tell from 0 is 2^-38 of it or less.
    let exponent = largest == 0 ? 0 : min(100, 14 - Int(largest.exponent))
    let factor = Float(sign: .plus, exponent: exponent, significand: 1)
    words = values.map { Float16($0 * factor).bitPattern } + padding
    scale = Float(sign: .plus, exponent: -exponent, significand: 1)
  }

  /// Bytes of rows as `half_precision_rows.comp` writes them: whole vectors of eight numbers, and a factor for each row.
  static func bytes(ofRows rows: Int, width: Int) -> Int {
    rows * ((width + 7) / 8 * 8 * MemoryLayout<UInt16>.stride + MemoryLayout<Float>.stride)
  }

  /// The nearest bfloat16, ties to the even one; infinities and NaNs stay what they are.
  static func bfloat16(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }
}

extension Precision {
  /// The specialisation constant `PRECISION`.
  var constant: UInt32 {
    switch self {
    case .f32: 0
    case .f16: 1
    case .bf16: 2
    }
  }

  init?(constant: UInt32) {
    guard let precision = Self.allCases.first(where: { $0.constant == constant }) else { return nil }
    self = precision
  }
}
