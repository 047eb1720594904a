import SalienceTensors

extension ReferenceStream: EmbeddingKernels {
  public func embedding(_ terms: [EmbeddingTerm], output: Handle) throws {
    let (rows, width) = try size(output)
    var result = [Double](repeating: 0, count: rows * width)
    for term in terms {
      let table = try parameter(term.table)
      for (row, index) in batch.indices(term.index).enumerated() {
        for column in 0..<width { result[row * width + column] += table[Int(index) * width + column] }
      }
    }
    try store(result, to: output)
  }
}
