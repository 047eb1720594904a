import SalienceTensors

extension KernelProblem {
  /// Three heads of products a tile and a bit large either way, with the bias where the kernel adds one.
  init?(headProjection kernel: Kernel) {
    let isTransposed = kernel.stem == "head_projection_transposed"
    guard kernel.constants.count == (isTransposed ? 7 : 8) else { return nil }
    let size = Int(kernel.constants[1])
    let (heads, rows) = (3, size + 5)
    let (depth, columns) = (kernel.constants[5] == 1 ? 36 : 35, size + (kernel.constants[6] == 1 ? 8 : 7))
    let x = Self.numbers(rows * heads * depth, seed: 12)
    let weight = Self.numbers(heads * depth * columns, seed: 13)
    let hasBias = !isTransposed && kernel.constants[7] != 0
    let bias = Self.numbers(heads * columns, seed: 14)
    var expected = [Double]()
    for row in 0..<rows {
      for head in 0..<heads {
        for column in 0..<columns {
          let sum = (0..<depth).reduce(hasBias ? Double(bias[head * columns + column]) : 0) { sum, k in
            let place = isTransposed ? (head * depth + k) * columns + column : (head * columns + column) * depth + k
            return sum + Double(x[(row * heads + head) * depth + k]) * Double(weight[place])
          }
          expected.append(sum)
        }
      }
    }
    self.init(
      kernel: kernel,
      buffers: [Self.words(x), Self.words(weight)] + (isTransposed ? [] : [Self.words(bias)])
        + [Self.blank(expected.count), [UInt32(rows)]],
      push: [0, UInt32(columns), UInt32(depth), Float(1).bitPattern],
      groups: ((columns + size - 1) / size, (rows + size - 1) / size, heads),
      results: [Result(name: "product", binding: isTransposed ? 2 : 3, expected: expected)])
  }
}
