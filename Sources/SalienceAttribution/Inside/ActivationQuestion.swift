import SalienceTensors

/// Which values of layers are asked for.
public struct ActivationQuestion: Sendable, Hashable {
  /// The layers that the program gives values of, ascending.
  public var layers: [Int]
  public var cut: UnitCut
}

extension ActivationQuestion {
  /// A token's score is the length of its row, the mean over layers.
  func finding(in values: [TokenRows]) -> InsideAnswer.Finding {
    let length = values.first.map { $0.elements.count / $0.width } ?? 0
    var scores = [Double](repeating: 0, count: length)
    var units: [UnitValue] = []
    for (layer, rows) in zip(layers, values) {
      for token in 0..<length {
        let row = rows.elements[token * rows.width..<(token + 1) * rows.width]
        scores[token] += row.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot() / Double(layers.count)
        cut.keep(row, of: token, layer: layer, in: &units)
      }
    }
    return InsideAnswer.Finding(scores: scores, squares: scores.map { $0 * $0 }, units: units)
  }
}

extension UnitCut {
  /// Σ_k ∂F/∂y (y_k) · (y_{k+1} - y_k) over the points of a path, unit by unit, as Captum's LayerConductance
  /// (arXiv 1805.12233).
  ///
  /// - Parameters:
  ///   - target: the row of cotangents.
  ///   - points: in their order along the path, each with y and its gradients.
  func conductance(of target: Int, at points: ArraySlice<TappedOutputs>) -> InsideAnswer.Finding {
    guard let width = points.first?.values[0].width, let count = points.first?.values[0].elements.count else {
      return InsideAnswer.Finding(scores: [], squares: [])
    }
    var sums = [Double](repeating: 0, count: count)
    for (point, next) in zip(points, points.dropFirst()) {
      let (y, after, slopes) = (
        point.values[0].elements, next.values[0].elements, point.gradients[target][0].elements
      )
      for index in sums.indices { sums[index] += Double(slopes[index]) * (Double(after[index]) - Double(y[index])) }
    }
    var finding = InsideAnswer.Finding(scores: [], squares: [])
    for token in 0..<count / width {
      let row = sums[token * width..<(token + 1) * width]
      finding.scores.append(row.reduce(0, +))
      finding.squares.append(row.reduce(0) { $0 + $1 * $1 })
      keep(row.map(Float.init)[...], of: token, layer: layer, in: &finding.units)
    }
    return finding
  }
}
