/// A value inside a model that a program can give besides its outputs: one row per token, or one for the whole text.
public enum Tap: Sendable, Hashable, CustomStringConvertible {
  /// Output of an encoder layer, 0-based: the rows that the next layer reads.
  case layer(Int)
  /// What attention adds to the rows of a layer: its output projection, before the residual sum and any norm after it.
  case attention(Int)
  /// What the feed-forward part adds to the rows of a layer, before the residual sum and any norm after it.
  case feedForward(Int)
  /// What the last linear layer of a head reads, where it reads one row for the whole text.
  case classifierInput

  public var description: String {
    switch self {
    case .layer(let index): "layer \(index)"
    case .attention(let index): "attention of layer \(index)"
    case .feedForward(let index): "feed-forward part of layer \(index)"
    case .classifierInput: "single row that a last linear layer reads"
    }
  }
}
