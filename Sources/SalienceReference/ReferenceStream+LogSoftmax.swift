import Foundation
import SalienceTensors

extension ReferenceStream: LogSoftmaxKernels {
  public func logSoftmax(_ x: Handle, output: Handle) throws {
    let (rows, width) = try size(output)
    var result = try values(x)
    for row in 0..<rows {
      let range = row * width..<(row + 1) * width
      let top = result[range].max() ?? 0
      let logarithm = log(result[range].reduce(0) { $0 + exp($1 - top) })
      for index in range { result[index] -= top + logarithm }
    }
    try store(result, to: output)
  }

  public func logSoftmaxGradient(_ gradient: Handle, logarithms: Handle, output: Handle) throws {
    let (rows, width) = try size(output)
    let (dy, y) = (try values(gradient), try values(logarithms))
    var dx = dy
    for row in 0..<rows {
      let range = row * width..<(row + 1) * width
      let sum = dy[range].reduce(0, +)
      for index in range { dx[index] = dy[index] - exp(y[index]) * sum }
    }
    try store(dx, to: output)
  }
}
