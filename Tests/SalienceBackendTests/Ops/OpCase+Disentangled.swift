import SalienceTensors

extension OpCase {
  /// Attention with tables of positions: either, both and none, heads of odd sizes, sequences about the edges of blocks.
  static func disentangledAttention() throws -> [OpCase] {
    let edges = [15, 16, 17, 31, 33, 47, 48, 49, 63, 65, 97]
    var cases: [OpCase] = []
    for (heads, size, batches) in [
      (2, 8, [[1], [3, 1, 17, 8], edges]), (3, 7, [[3, 1, 17, 8], [50]]), (1, 20, [[5], edges]),
      (2, 64, [[64, 2], [200]]), (1, 80, [[33]]), (1, 144, [[20, 49]]),
    ] {
      for (hasKeys, hasQueries) in [(true, true), (true, false), (false, true), (false, false)] {
        for lengths in batches {
          let width = heads * size
          // Longer tables than any sequence, as a model's are.
          let longest = (lengths.max() ?? 1) + 3
          let shape = [2 * longest - 1, width]
          let positions = RelativePositions(
            longest: longest, keys: hasKeys ? Parameter("keys", shape: shape) : nil,
            queries: hasQueries ? Parameter("queries", shape: shape) : nil)
          let name = "attention_disentangled \(heads)x\(size) \(hasKeys ? "k" : "")\(hasQueries ? "q" : "")"
          cases.append(
            try OpCase(name, ValueShape(.tokens, 3 * width), lengths: lengths) {
              try $0.disentangledAttention(
                $1, positions: positions, heads: heads, scale: 1 / Float(3 * size).squareRoot())
            })
        }
      }
    }
    return cases
  }
}
