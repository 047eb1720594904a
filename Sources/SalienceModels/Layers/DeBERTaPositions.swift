import SalienceCheckpoints
import SalienceTensors

/// What config.json says of DeBERTa's relative positions.
struct DeBERTaPositions {
  /// Whether queries are scored against positions (`c2p`), and keys (`p2c`).
  private let scoresQueries, scoresKeys: Bool
  private let isRelative, sharesProjections: Bool
  private let longest: Int
  private let buckets: RelativeBuckets
  private let norm: RelativePositionTable.Norm?

  init(_ configuration: ModelConfiguration, maximumLength: Int, epsilon: Float) throws {
    let file = configuration.file
    let kinds = try configuration.words("pos_att_type")
    if let unknown = kinds.first(where: { !["c2p", "p2c"].contains($0) }) {
      throw ModelError(.unsupported, "pos_att_type '\(unknown)' is not supported", file: file)
    }
    (scoresQueries, scoresKeys) = (kinds.contains("c2p"), kinds.contains("p2c"))
    isRelative = try configuration.boolean("relative_attention", default: false)
    sharesProjections = try configuration.boolean("share_att_key", default: false)
    longest = maximumLength
    let stated = try configuration.size(
      "max_relative_positions", from: -1, upTo: SizeLimit.relativePositions, default: -1)
    let furthest = stated < 1 ? maximumLength : stated
    let count = try configuration.size("position_buckets", from: -1, upTo: SizeLimit.relativePositions, default: -1)
    guard count < 1 || (count >= 2 && furthest - 1 > count / 2) else {
      throw ModelError(
        .invalid, "position_buckets \(count) do not reach max_relative_positions \(furthest)", file: file)
    }
    buckets = RelativeBuckets(count: count < 1 ? nil : count, furthest: furthest)
    let norms = try configuration.words("norm_rel_ebd")
    if let unknown = norms.first(where: { !["none", "layer_norm"].contains($0) }) {
      throw ModelError(.unsupported, "norm_rel_ebd '\(unknown)' is not supported", file: file)
    }
    norm = norms.contains("layer_norm") ? .init(name: "deberta.encoder.LayerNorm", epsilon: epsilon) : nil
  }

  /// Terms of a score: the content's own, and one more a kind of position, with or without relative attention.
  var scoreTerms: Int { 1 + (scoresQueries ? 1 : 0) + (scoresKeys ? 1 : 0) }

  /// The tables of a layer's attention; nil where it has none.
  func tables(of attention: String, hiddenSize: Int) -> RelativePositions? {
    guard isRelative, scoresQueries || scoresKeys else { return nil }
    let prefix = sharesProjections ? "" : "pos_"
    return RelativePositions(
      longest: longest, keys: scoresQueries ? table("\(attention).\(prefix)key_proj", hiddenSize) : nil,
      queries: scoresKeys ? table("\(attention).\(prefix)query_proj", hiddenSize) : nil)
  }

  private func table(_ projection: String, _ hiddenSize: Int) -> Parameter {
    Parameter(
      "deberta.encoder.rel_embeddings.weight", shape: [2 * longest - 1, hiddenSize],
      transform: .relativePositions(
        RelativePositionTable(longest: longest, buckets: buckets, norm: norm, projection: projection)))
  }
}

extension ModelConfiguration {
  /// Words of a list, or of a text that sets them apart by bars; none where the key is missing.
  fileprivate func words(_ key: String) throws -> [String] {
    guard let found = value(key) else { return [] }
    if let text = found.stringValue {
      return text.lowercased().split(separator: "|").map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
    }
    let words = found.arrayValue?.compactMap(\.stringValue)
    guard let words, words.count == found.arrayValue?.count else {
      throw ModelError(.invalid, "\(key) must be a text or a list of texts", file: file)
    }
    return words
  }
}
