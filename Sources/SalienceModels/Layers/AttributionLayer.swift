/// Where along a model the path is laid and the scores are taken.
public enum AttributionLayer: Sendable, Hashable, CustomStringConvertible {
  /// Output of the embedding block: words, positions and types, normalised.
  case embeddings
  /// Output of the word embedding table alone; positions and types are added after it.
  case wordEmbeddings
  /// Output of an encoder layer, 0-based.
  case encoder(Int)

  public var description: String {
    switch self {
    case .embeddings: "embeddings"
    case .wordEmbeddings: "word-embeddings"
    case .encoder(let index): "encoder layer \(index)"
    }
  }
}
