extension Parameter {
  /// Some rows of a matrix, or elements of a vector, that is joined of `count` parts: of Q, K and V, or of K and V.
  ///
  /// - Parameters:
  ///   - parts: which of them.
  ///   - rows: where these lie in the whole.
  /// - Returns: nil where they cannot be told apart: the pieces are others, or the transform has no such part.
  func parts(_ parts: Range<Int>, of count: Int, rows: Range<Int>) -> Parameter? {
    guard let whole = shape.first, rows.upperBound <= whole, parts.upperBound <= count else { return nil }
    let shape = [rows.count] + self.shape.dropFirst()
    if pieces.count == count, transform == .none { return Parameter(Array(pieces[parts]), shape: shape) }
    guard pieces.count == 1, let transform = transform.selecting(rows, dimensions: shape.count) else { return nil }
    return Parameter(pieces, shape: shape, transform: transform)
  }
}

extension ParameterTransform {
  /// The same for some rows, or elements, of what it makes; nil where it makes something else.
  fileprivate func selecting(_ rows: Range<Int>, dimensions: Int) -> ParameterTransform? {
    func shifted(by first: Int) -> Range<Int> { first + rows.lowerBound..<first + rows.upperBound }
    switch self {
    case .none: return dimensions == 1 ? .elements(rows) : .rows(rows)
    case .transposed(let outputs): return .transposed(outputs: shifted(by: outputs?.lowerBound ?? 0))
    case .elements(let range): return .elements(shifted(by: range.lowerBound))
    case .rows(let range): return .rows(shifted(by: range.lowerBound))
    case .plusOne, .scaled, .relativePositions: return nil
    }
  }
}
