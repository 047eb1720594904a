import Foundation
import SalienceTensors

extension ReferenceStream: SoftmaxKernels {
  public func softmax(_ x: Handle, output: Handle) throws {
    let (rows, width) = try size(output)
    var result = try values(x)
    for row in 0..<rows {
      let range = row * width..<(row + 1) * width
      let top = result[range].max() ?? 0
      for index in range { result[index] = exp(result[index] - top) }
      let sum = result[range].reduce(0, +)
      for index in range { result[index] /= sum }
    }
    try store(result, to: output)
  }

  public func softmaxGradient(_ gradient: Handle, probabilities: Handle, output: Handle) throws {
    let (rows, width) = try size(output)
    let (dy, y) = (try values(gradient), try values(probabilities))
    var dx = dy
    for row in 0..<rows {
      let range = row * width..<(row + 1) * width
      let mean = zip(dy[range], y[range]).reduce(0) { $0 + $1.0 * $1.1 }
      for index in range { dx[index] = y[index] * (dy[index] - mean) }
    }
    try store(dx, to: output)
  }
}
