import Foundation

/// Standard normal numbers that follow from a seed: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), then Box and Muller.
struct NormalNumbers {
  private var state: UInt64
  private var second: Double?

  init(seed: UInt64) { state = seed }

  private mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
  }

  mutating func next() -> Double {
    if let known = second {
      second = nil
      return known
    }
    let radius = (-2 * log(1 - uniform())).squareRoot()
    let angle = 2 * Double.pi * uniform()
    second = radius * sin(angle)
    return radius * cos(angle)
  }
}
