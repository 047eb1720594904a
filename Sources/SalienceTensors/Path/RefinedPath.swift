/// One request whose points are chosen while they are evaluated.
struct RefinedPath {
  /// Where an evaluation's gradient lies.
  struct Place {
    let round: Int
    /// The point's index within its round.
    let slot: Int
  }

  private let refinement: any PathRefinement
  private let cotangents: [[Float]]
  private(set) var evaluations: [PathEvaluation] = []
  private(set) var places: [Place] = []
  /// α of the points that the next round evaluates; empty where the path is finished.
  private(set) var points: [Double]
  /// One an evaluation, when finished.
  private(set) var weights: [Double] = []
  private(set) var converged = false
  /// F(x') [C], from the point at α = 0.
  private(set) var baselineOutputs: [Float] = []

  init(_ refinement: any PathRefinement, cotangents: [[Float]]) {
    self.refinement = refinement
    self.cotangents = cotangents
    points = refinement.firstPoints
  }

  /// Takes one point's answer, in the order of `points`.
  mutating func add(round: Int, slot: Int, outputs: [Float], scores: [[Double]]) {
    let values = cotangents.map { PathRequest.value(outputs, by: $0) }
    if points[slot] == 0 { baselineOutputs = outputs }
    evaluations.append(PathEvaluation(alpha: points[slot], round: round, values: values, scores: scores))
    places.append(Place(round: round, slot: slot))
  }

  /// Decides how to go on once a round's points are all there.
  mutating func finishRound() {
    switch refinement.decision(after: evaluations) {
    case .evaluate(let next): points = next
    case .finish(let weights, let converged):
      points = []
      self.weights = weights
      self.converged = converged
    }
  }

  /// Those that count, when finished, in ascending order of α.
  var chosenPoints: [PathPoint] {
    zip(evaluations, weights).filter { $1 != 0 }.map { PathPoint(alpha: $0.alpha, weight: $1) }
      .sorted { $0.alpha < $1.alpha }
  }

  /// Token scores of a target, when finished.
  func scores(target: Int) -> [Double] {
    var sums = Array(repeating: 0.0, count: evaluations.first?.scores[target].count ?? 0)
    // A gradient that is not finite has the weight 0.
    for (evaluation, weight) in zip(evaluations, weights) where weight != 0 {
      for (token, score) in evaluation.scores[target].enumerated() { sums[token] += weight * score }
    }
    return sums
  }
}
