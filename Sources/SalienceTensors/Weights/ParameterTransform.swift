/// What is made of a stored tensor when it is loaded, where a family stores a weight otherwise than ops read it.
///
/// It is part of a parameter's identity: one tensor may be loaded as it is and transformed.
public enum ParameterTransform: Sendable, Hashable {
  /// As it is stored.
  case none
  /// A matrix stored `in x out`, as GPT-2's are; some of its outputs alone where a range is given.
  case transposed(outputs: Range<Int>? = nil)
  /// Some elements of a stored vector.
  case elements(Range<Int>)
  /// Some rows of a stored matrix.
  case rows(Range<Int>)
  /// 1 + w: Gemma's norms store what their factor differs from 1 by.
  case plusOne
  /// w times a constant: Gemma scales the rows of its word table.
  case scaled(Float)
  /// A table of relative positions from embeddings.
  case relativePositions(RelativePositionTable)

  /// The shape that a stored tensor gets; nil where the transform does not take it.
  func shape(ofStored stored: [Int]) -> [Int]? {
    switch self {
    case .none, .plusOne, .scaled: return stored
    case .transposed(let outputs):
      guard stored.count == 2, outputs.map({ $0.upperBound <= stored[1] }) ?? true else { return nil }
      return [outputs?.count ?? stored[1], stored[0]]
    case .elements(let range):
      guard stored.count == 1, range.upperBound <= stored[0] else { return nil }
      return [range.count]
    case .rows(let range):
      guard stored.count == 2, range.upperBound <= stored[0] else { return nil }
      return [range.count, stored[1]]
    case .relativePositions(let table): return table.shape(ofStored: stored)
    }
  }

  /// The stored shape that becomes `shape`, for messages.
  func expectation(_ shape: [Int]) -> String {
    switch self {
    case .none, .plusOne, .scaled: "\(shape)"
    case .transposed(nil): "\(Array(shape.reversed()))"
    case .transposed(let outputs?): "[\(shape.last ?? 0), at least \(outputs.upperBound)]"
    case .elements(let range): "[at least \(range.upperBound)]"
    case .rows(let range): "[at least \(range.upperBound), \(shape.last ?? 0)]"
    case .relativePositions(let table): "[at least \(2 * table.buckets.span), \(shape.last ?? 0)]"
    }
  }

  /// Reads a tensor of a shape that the transform takes.
  func read(
    _ name: String, stored: [Int], from source: any ParameterSource,
    into destination: UnsafeMutableBufferPointer<Float>
  ) throws {
    switch self {
    case .none: try source.read(name, into: destination)
    case .plusOne:
      try source.read(name, into: destination)
      for index in destination.indices { destination[index] += 1 }
    case .scaled(let factor):
      try source.read(name, into: destination)
      for index in destination.indices { destination[index] *= factor }
    case .transposed(let outputs):
      let (rows, columns) = (stored[0], stored[1])
      try Self.whole(name, count: rows * columns, from: source) { whole in
        for (row, output) in (outputs ?? 0..<columns).enumerated() {
          for input in 0..<rows { destination[row * rows + input] = whole[input * columns + output] }
        }
      }
    case .elements(let range):
      try Self.whole(name, count: stored[0], from: source) { whole in
        for (index, element) in range.enumerated() { destination[index] = whole[element] }
      }
    case .rows(let range):
      let columns = stored[1]
      try Self.whole(name, count: stored[0] * columns, from: source) { whole in
        let start = range.lowerBound * columns
        for index in destination.indices { destination[index] = whole[start + index] }
      }
    case .relativePositions(let table):
      try Self.whole(name, count: stored[0] * stored[1], from: source) {
        try table.fill(destination, from: $0, width: stored[1], source: source)
      }
    }
  }

  private static func whole(
    _ name: String, count: Int, from source: any ParameterSource,
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws {
    let whole = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
    defer { whole.deallocate() }
    try source.read(name, into: whole)
    try body(whole)
  }
}
