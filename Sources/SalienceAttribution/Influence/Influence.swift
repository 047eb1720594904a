/// How the influence of training rows on scored ones is told.
public struct Influence: Sendable, Equatable {
  /// What a score is.
  public enum Kind: String, Sendable, CaseIterable {
    /// What a step of training on the row takes off the loss of the other, in the weights of the last linear layer,
    /// summed over checkpoints: TracInCP (arXiv 2002.08484), as Captum's `TracInCPFast`.
    case tracInCP = "tracin-cp"
    /// The cosine of what the last linear layer reads of both, averaged over checkpoints, as Captum's
    /// `SimilarityInfluence`.
    case similarity
  }

  /// The class that a scored row's loss is about.
  public enum Labels: String, Sendable, CaseIterable {
    /// The row's own label.
    case label
    /// What each checkpoint predicts.
    case predicted
  }

  public var kind: Kind
  /// Training rows from each end: the highest scores and the lowest.
  public var top: Int
  /// One per checkpoint; 1 for each where none is given.
  public var learningRates: [Double]
  /// Whether the last layer's bias is among the weights.
  public var includesBias: Bool
  public var labels: Labels

  public static let standardTop = 5

  public init(
    kind: Kind = .tracInCP, top: Int = standardTop, learningRates: [Double] = [], includesBias: Bool = false,
    labels: Labels = .label
  ) {
    self.kind = kind
    self.top = top
    self.learningRates = learningRates
    self.includesBias = includesBias
    self.labels = labels
  }

  /// What each of so many checkpoints counts.
  func weights(checkpoints: Int) -> [Double] {
    switch kind {
    case .tracInCP: learningRates.isEmpty ? Array(repeating: 1, count: checkpoints) : learningRates
    case .similarity: Array(repeating: 1 / Double(max(checkpoints, 1)), count: checkpoints)
    }
  }

  /// What the highest scores and the lowest are called.
  public var effects: (highest: String, lowest: String) {
    switch kind {
    case .tracInCP: ("helpful", "harmful")
    case .similarity: ("similar", "dissimilar")
    }
  }
}
