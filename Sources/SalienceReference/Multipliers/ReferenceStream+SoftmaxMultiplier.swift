import Foundation
import SalienceTensors

extension ReferenceStream: SoftmaxMultiplierKernels {
  public func softmaxMultiplier(_ gradient: Handle, x: Handle, partner: Handle, output: Handle) throws {
    let (rows, width) = try size(output)
    try multiply(
      gradient, x, partner, over: (0..<rows).map { row in (0..<width).map { row * width + $0 } }, output: output)
  }

  public func tokenSoftmaxMultiplier(_ gradient: Handle, x: Handle, partner: Handle, output: Handle) throws {
    let width = try size(output).width
    let columns = zip(batch.offsets, batch.lengths).flatMap { start, length in
      (0..<width).map { column in
        (start..<start + length).filter { batch.candidates[$0] }.map { $0 * width + column }
      }
    }
    try multiply(gradient, x, partner, over: columns, output: output)
  }

  /// The multipliers of softmaxes over the elements of each of `groups`, zeros elsewhere.
  private func multiply(
    _ gradient: Handle, _ x: Handle, _ partner: Handle, over groups: [[Int]], output: Handle
  ) throws {
    let (dy, own, other) = (try values(gradient), try values(x), try values(partner))
    var dx = [Double](repeating: 0, count: dy.count)
    for group in groups where !group.isEmpty {
      func logs(_ values: [Double]) -> [Double] {
        let top = group.map { values[$0] }.max() ?? 0
        let sum = log(group.reduce(0) { $0 + exp(values[$1] - top) })
        return group.map { values[$0] - top - sum }
      }
      let weights = zip(logs(own), logs(other)).map(logarithmicMean)
      let offset = zip(weights, group).reduce(0) { $0 + $1.0 * dy[$1.1] } / weights.reduce(0, +)
      for (weight, index) in zip(weights, group) { dx[index] = weight * (dy[index] - offset) }
    }
    try store(dx, to: output)
  }
}
