import Foundation
import SalienceTensors

extension ReferenceStream: RotaryKernels {
  public func rotary(_ x: Handle, _ embedding: RotaryEmbedding, parts: HeadParts, output: Handle) throws {
    let size = embedding.headSize
    let input = try values(x)
    let result = try rows(of: x).flatMap { start, position in
      embedding.sources(parts).flatMap { source in
        let head = Array(input[start + source.head * size..<start + (source.head + 1) * size])
        return source.isRotated ? embedding.rotate(head, position: position, sign: 1) : head
      }
    }
    try store(result, to: output)
  }

  public func rotaryGradient(
    _ gradient: Handle, _ embedding: RotaryEmbedding, parts: HeadParts, output: Handle
  ) throws {
    let size = embedding.headSize
    let dy = try values(gradient)
    let (rowCount, width) = try self.size(output)
    var result = [Double](repeating: 0, count: rowCount * width)
    for (row, (start, position)) in try rows(of: gradient).enumerated() {
      for (target, source) in embedding.sources(parts).enumerated() {
        let given = Array(dy[start + target * size..<start + (target + 1) * size])
        let head = source.isRotated ? embedding.rotate(given, position: position, sign: -1) : given
        for (column, value) in head.enumerated() { result[row * width + source.head * size + column] += value }
      }
    }
    try store(result, to: output)
  }

  /// Where each row of `handle` begins, and the row's position.
  private func rows(of handle: Handle) throws -> [(start: Int, position: Int)] {
    let width = try size(handle).width
    guard let extent = try view(handle).shape?.rows else { throw TensorError(.backend, "an allocation has no rows") }
    return batch.positions(extent).enumerated().map { ($0.offset * width, Int($0.element)) }
  }
}

extension RotaryEmbedding {
  /// The head of an input's row that each head of the output's row is made of.
  fileprivate func sources(_ parts: HeadParts) -> [(head: Int, isRotated: Bool)] {
    var result: [(Int, Bool)] = []
    var first = 0
    for part in [HeadParts.query, .key, .value] where parts.contains(part) {
      let count = part == .query ? heads : keyHeads
      result += (0..<heads).map { (first + $0 / (heads / count), part != .value) }
      first += count
    }
    return result
  }

  /// - Parameter sign: -1 turns back.
  fileprivate func rotate(_ head: [Double], position: Int, sign: Double) -> [Double] {
    var result = head
    let half = frequencies.count
    for (index, frequency) in frequencies.enumerated() {
      let angle = Double(Float(position) * frequency)
      let (c, s) = (cos(angle) * Double(scaling), sin(angle) * Double(scaling) * sign)
      result[index] = head[index] * c - head[index + half] * s
      result[index + half] = head[index + half] * c + head[index] * s
    }
    return result
  }
}
