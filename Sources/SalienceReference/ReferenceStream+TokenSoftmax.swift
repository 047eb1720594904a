import Foundation
import SalienceTensors

extension ReferenceStream: TokenSoftmaxKernels {
  public func tokenSoftmax(_ x: Handle, output: Handle) throws {
    let (rows, width) = try size(output)
    let input = try values(x)
    var result = [Double](repeating: 0, count: rows * width)
    for column in 0..<width {
      for places in places(ofColumn: column, width: width) {
        let candidates = places.filter { batch.candidates[$0 / width] }
        let top = candidates.map { input[$0] }.max() ?? 0
        let sum = candidates.reduce(0) { $0 + exp(input[$1] - top) }
        for place in candidates { result[place] = exp(input[place] - top) / sum }
      }
    }
    try store(result, to: output)
  }

  public func tokenSoftmaxGradient(_ gradient: Handle, probabilities: Handle, output: Handle) throws {
    let width = try size(output).width
    let (dy, y) = (try values(gradient), try values(probabilities))
    var dx = dy
    for column in 0..<width {
      for places in places(ofColumn: column, width: width) {
        let mean = places.reduce(0) { $0 + dy[$1] * y[$1] }
        for place in places { dx[place] = y[place] * (dy[place] - mean) }
      }
    }
    try store(dx, to: output)
  }

  /// The elements of a column, sequence by sequence.
  private func places(ofColumn column: Int, width: Int) -> [[Int]] {
    zip(batch.offsets, batch.lengths).map { start, length in (start..<start + length).map { $0 * width + column } }
  }
}
