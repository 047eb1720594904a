/// A value inside a model that a program can give besides its outputs: one row per token.
public enum Tap: Sendable, Hashable, CustomStringConvertible {
  /// Output of an encoder layer, 0-based: the rows that the next layer reads.
  case layer(Int)
  /// What attention adds to the rows of a layer: its output projection, before the residual sum and any norm after it.
  case attention(Int)
  /// What the feed-forward part adds to the rows of a layer, before the residual sum and any norm after it.
  case feedForward(Int)

  public var description: String {
    switch self {
    case .layer(let index): "layer \(index)"
    case .attention(let index): "attention of layer \(index)"
    case .feedForward(let index): "feed-forward part of layer \(index)"
    }
  }
}
