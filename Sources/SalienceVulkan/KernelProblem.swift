import SalienceTensors

/// A small fixed problem for one form of a kernel, and what its result has to be.
struct KernelProblem {
  let kernel: Kernel
  /// Contents of the bindings 0, 1, 2 …, as 32-bit words; the result's stand for nothing.
  let buffers: [[UInt32]]
  let push: [UInt32]
  let groups: (Int, Int, Int)
  /// The binding that holds the result.
  let output: Int
  /// The result in float64; nil where the kernel leaves the element as it is, or may do as it likes.
  let expected: [Double?]
  /// Normalised mean squared error that the result stays under.
  let tolerance: Double

  /// The problem of a kernel that comes in several forms; nil for one that comes in one alone.
  init?(_ kernel: Kernel) {
    switch kernel.stem {
    case "linear", "linear_backward": self.init(product: kernel)
    case "linear_f16", "linear_bf16", "linear_backward_f16", "linear_backward_bf16":
      self.init(matrixUnitProduct: kernel)
    case "attention", "attention_backward_queries", "attention_backward_keys": self.init(attention: kernel)
    default: return nil
    }
  }

  init(
    kernel: Kernel, buffers: [[UInt32]], push: [UInt32], groups: (Int, Int, Int), output: Int, expected: [Double?],
    tolerance: Double
  ) {
    self.kernel = kernel
    self.buffers = buffers
    self.push = push
    self.groups = groups
    self.output = output
    self.expected = expected
    self.tolerance = tolerance
  }

  /// What is wrong with a result; nil where nothing is.
  func fault(in result: [Float]) -> String? {
    var (error, norm) = (0.0, 0.0)
    for (expected, actual) in zip(expected, result) {
      guard let expected else { continue }
      guard actual.isFinite else { return "an element is not a finite number" }
      error += (Double(actual) - expected) * (Double(actual) - expected)
      norm += expected * expected
    }
    let relative = norm > 0 ? error / norm : error
    return relative <= tolerance ? nil : "the normalised mean squared error is \(relative), not \(tolerance) at most"
  }

  /// Numbers between -1 and 1 that float32 holds exactly, the same on every machine.
  static func numbers(_ count: Int, seed: Int) -> [Float] {
    var state = UInt64(truncatingIfNeeded: seed &+ 1) &* 0x9E37_79B9_7F4A_7C15
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int32(truncatingIfNeeded: state >> 40) & 0xFFFF) / 32_768 - 1
    }
  }

  static func words(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }
}
