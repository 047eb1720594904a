import SalienceModels

/// Which value of a layer is read.
public enum LayerPart: String, Sendable, CaseIterable {
  /// The layer's output, its hidden states.
  case layer
  /// What attention adds.
  case attention
  /// What the feed-forward part adds.
  case feedForward = "feed-forward"
  /// What the feed-forward part holds between its linear layers, behind the nonlinearity.
  case neurons

  func tap(ofLayer index: Int) -> Tap {
    switch self {
    case .layer: .layer(index)
    case .attention: .attention(index)
    case .feedForward: .feedForward(index)
    case .neurons: .neurons(index)
    }
  }

  static let setting = Setting.choice(
    "part", fallback: LayerPart.layer,
    help: "the value of a layer: its output, what attention or the feed-forward part adds, or the feed-forward part's "
      + "neurons behind the nonlinearity")
}

extension UnitCut {
  static let topKSetting = AttentionSettings.count(
    "top_k", fallback: usualTopK,
    help: "the most units that the table `activations` holds for each token and layer: those with the largest values, "
      + "without their signs")
  static let thresholdSetting = Setting<Double?>.optionalNumber(
    "threshold", fallbackText: "none", help: "the least value, without its sign, that the table `activations` holds")
}
