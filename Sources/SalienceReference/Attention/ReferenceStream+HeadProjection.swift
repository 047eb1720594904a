import SalienceTensors

extension ReferenceStream: HeadProjectionKernels {
  public func headProjection(
    _ x: Handle, weight: Parameter, bias: Parameter?, heads: Int, isTransposed: Bool, output: Handle
  ) throws {
    let (rows, width) = try size(output)
    let (input, matrix) = (try values(x), try parameter(weight))
    let (headSize, columns) = (weight.shape[0] / heads, weight.shape[1])
    let shift = try bias.map(parameter) ?? [Double](repeating: 0, count: width)
    var result = (0..<rows).flatMap { _ in shift }
    for row in 0..<rows {
      for head in 0..<heads {
        // Where the head's part of a row begins, on the side of its D elements and on that of its C elements.
        let (narrow, wide) = ((row * heads + head) * headSize, (row * heads + head) * columns)
        for d in 0..<headSize {
          let start = (head * headSize + d) * columns
          for c in 0..<columns {
            if isTransposed {
              result[wide + c] += input[narrow + d] * matrix[start + c]
            } else {
              result[narrow + d] += input[wide + c] * matrix[start + c]
            }
          }
        }
      }
    }
    try store(result, to: output)
  }
}
