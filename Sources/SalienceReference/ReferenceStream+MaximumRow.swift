import SalienceTensors

extension ReferenceStream: MaximumRowKernels {
  public func maximumRow(_ x: Handle, output: Handle, token: Handle?) throws {
    let width = try size(output).width
    let input = try values(x)
    var (maxima, tokens) = ([Double](), [Double]())
    for (start, length) in zip(batch.offsets, batch.lengths) {
      for column in 0..<width {
        let values = (0..<length).map { input[(start + $0) * width + column] }
        // NaN is the largest of all, as for torch.
        let first = values.firstIndex { $0.isNaN } ?? values.firstIndex(of: values.max() ?? 0) ?? 0
        maxima.append(values[first])
        tokens.append(Double(first))
      }
    }
    try store(maxima, to: output)
    if let token { try store(tokens, to: token) }
  }

  public func maximumRowGradient(_ gradient: Handle, token: Handle, output: Handle) throws {
    let (rows, width) = try size(output)
    let (dy, tokens) = (try values(gradient), try values(token))
    var result = [Double](repeating: 0, count: rows * width)
    for (sequence, start) in batch.offsets.dropLast().enumerated() {
      for column in 0..<width {
        let index = sequence * width + column
        result[(start + Int(tokens[index])) * width + column] = dy[index]
      }
    }
    try store(result, to: output)
  }
}
