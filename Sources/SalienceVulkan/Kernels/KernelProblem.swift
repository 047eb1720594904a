import SalienceTensors

/// A small fixed problem for one form of a kernel, and what its results have to be.
struct KernelProblem {
  /// What a kernel writes: values, or what a backward pass will want of them.
  struct Result {
    let name: String
    let binding: Int
    /// In float64; nil where the kernel leaves the element as it is, or may do as it likes.
    let expected: [Double?]
  }

  let kernel: Kernel
  /// Contents of the bindings 0, 1, 2 …, as 32-bit words; the results' stand for nothing.
  let buffers: [[UInt32]]
  let push: [UInt32]
  let groups: (Int, Int, Int)
  /// Every one has to be right.
  let results: [Result]
  /// Normalised mean squared error that each result stays under.
  let tolerance: Double

  /// The problem of a kernel that is tried before it is used: one that comes in several forms, and the gradients of
  /// the ops that every model has, with what they read of the forward pass; nil for others.
  init?(_ kernel: Kernel) {
    switch kernel.stem {
    case "linear", "linear_backward": self.init(product: kernel)
    case "linear_f16", "linear_bf16", "linear_backward_f16", "linear_backward_bf16":
      self.init(matrixUnitProduct: kernel)
    case "attention", "attention_backward_queries", "attention_backward_keys": self.init(attention: kernel)
    case "attention_backward_offsets": self.init(attentionOffsets: kernel)
    case "activation": self.init(activation: kernel)
    case "layer_norm": self.init(layerNorm: kernel)
    case "layer_norm_backward": self.init(layerNormGradient: kernel)
    case "head_projection", "head_projection_transposed": self.init(headProjection: kernel)
    case let stem where stem.hasPrefix("attention_multi_query_"): self.init(multiQueryAttention: kernel)
    default: return nil
    }
  }

  init(
    kernel: Kernel, buffers: [[UInt32]], push: [UInt32], groups: (Int, Int, Int), results: [Result],
    tolerance: Double = Precision.f32.tolerance
  ) {
    self.kernel = kernel
    self.buffers = buffers
    self.push = push
    self.groups = groups
    self.results = results
    self.tolerance = tolerance
  }

  /// What is wrong with the first of the results that is; nil where nothing is.
  ///
  /// - Parameter actual: one list a result, in the order of `results`.
  func fault(in actual: [[Float]]) -> String? {
    for (result, actual) in zip(results, actual) {
      var (error, norm) = (0.0, 0.0)
      for (expected, actual) in zip(result.expected, actual) {
        guard let expected else { continue }
        guard actual.isFinite else { return "an element of the \(result.name) is not a finite number" }
        error += (Double(actual) - expected) * (Double(actual) - expected)
        norm += expected * expected
      }
      let relative = norm > 0 ? error / norm : error
      if relative > tolerance {
        return "the normalised mean squared error of the \(result.name) is \(relative), not \(tolerance) at most"
      }
    }
    return nil
  }

  /// What stands in a result's buffer before the kernel runs.
  static func blank(_ count: Int) -> [UInt32] { Array(repeating: Float.nan.bitPattern, count: count) }

  /// Numbers between -1 and 1 that float32 holds exactly, the same on every machine.
  static func numbers(_ count: Int, seed: Int) -> [Float] {
    var state = UInt64(truncatingIfNeeded: seed &+ 1) &* 0x9E37_79B9_7F4A_7C15
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int32(truncatingIfNeeded: state >> 40) & 0xFFFF) / 32_768 - 1
    }
  }

  /// Tiles of `rows` rows of sequences that lie one after another: the first row of the tile's sequence, its tokens, and
  /// the tile's first, three words a tile.
  static func tiles(of rows: Int, lengths: [Int]) -> [UInt32] {
    var (tiles, start) = ([UInt32](), 0)
    for length in lengths {
      for first in stride(from: 0, to: length, by: rows) { tiles += [UInt32(start), UInt32(length), UInt32(first)] }
      start += length
    }
    return tiles
  }

  static func words(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }
}
