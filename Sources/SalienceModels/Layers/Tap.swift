/// A value inside a model that a program can give besides its outputs: one row per token, or one for the whole text.
public enum Tap: Sendable, Hashable, CustomStringConvertible {
  /// Output of an encoder layer, 0-based: the rows that the next layer reads.
  case layer(Int)
  /// What attention adds to the rows of a layer: its output projection, before the residual sum and any norm after it.
  case attention(Int)
  /// What the feed-forward part adds to the rows of a layer, before the residual sum and any norm after it.
  case feedForward(Int)
  /// Queries, keys and values of a layer side by side [T x 3W], as attention reads them: behind norms of heads and
  /// rotary positions, shared keys and values repeated for every head.
  case queriesKeysValues(Int)
  /// What attention makes of the values, head by head side by side [T x W], before the output projection.
  case context(Int)
  /// What the feed-forward part of a layer holds between its linear layers [T x F]: behind the nonlinearity and, in a
  /// gated one, the product.
  case neurons(Int)
  /// What the last linear layer of a head reads, where it reads one row for the whole text.
  case classifierInput

  public var description: String {
    switch self {
    case .layer(let index): "layer \(index)"
    case .attention(let index): "attention of layer \(index)"
    case .feedForward(let index): "feed-forward part of layer \(index)"
    case .queriesKeysValues(let index): "queries, keys and values of layer \(index)"
    case .context(let index): "heads' contexts of layer \(index)"
    case .neurons(let index): "neurons of layer \(index)"
    case .classifierInput: "single row that a last linear layer reads"
    }
  }
}
