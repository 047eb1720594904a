import SalienceAttribution

/// A row of the attention table: what one token has to do with another.
public struct AttentionRow: TableRow, Equatable {
  public var key = ExplanationKey()
  public var layer: Int32?
  public var head: Int32?
  public var fromPosition: Int32 = 0
  public var fromToken: String?
  public var toPosition: Int32 = 0
  public var toToken: String?
  public var weight: Float = 0

  public init() {}

  public static let table = TableDefinition<AttentionRow>(
    "attention",
    doc: "One row per pair of tokens, layer and head: what a token attends to. Written where the pipeline has a method"
      + " of attention, whose `layers`, `heads`, `from`, `top_k` and `threshold` say which pairs; maps are the same for"
      + " every target, and stand beside the first. [Methods](methods.md#attention) defines the weights."
  ) {
    ExplanationKey.columns(\.key)
    Column("layer", \.layer, dictionary: true, doc: "The layer, from 0; null where the weight is of several.")
    Column("head", \.head, dictionary: true, doc: "The head of the layer, from 0; null where the weight is of several.")
    Column(
      "from_position", \.fromPosition, dictionary: true,
      doc: "Place of the token that attends, in the model's input, from 0.")
    Column(
      "from_token", \.fromToken, dictionary: true,
      doc: "The token that attends, as the vocabulary writes it; null with `output.text: false`.")
    Column("to_position", \.toPosition, dictionary: true, doc: "Place of the token that is attended to.")
    Column(
      "to_token", \.toToken, dictionary: true,
      doc: "The token that is attended to; null with `output.text: false`.")
    Column(
      "weight", \.weight,
      doc: "What the method defines: a probability, a share, or a length.")
  }
}

extension AttentionRow: ExampleRow {
  /// - Throws: `ReportError.invalidExample` where a pair is of tokens that the example does not have.
  public static func rows(of scored: ScoredExample, _ contents: TableContents) throws -> [AttentionRow] {
    var rows: [AttentionRow] = []
    for explanation in scored.explanations where !explanation.pairs.isEmpty {
      let tokens = scored.encoding.tokens
      var row = AttentionRow()
      row.key = try ExplanationKey(explanation, of: scored, includeText: contents.includeText)
      rows.reserveCapacity(rows.count + explanation.pairs.count)
      for pair in explanation.pairs {
        guard tokens.indices.contains(Int(pair.from)), tokens.indices.contains(Int(pair.to)) else {
          throw ReportError(
            .invalidExample, "attention is between tokens that it does not have", at: "row \(scored.example.row)")
        }
        row.layer = pair.layer.map(Int32.init)
        row.head = pair.head.map(Int32.init)
        row.fromPosition = pair.from
        row.toPosition = pair.to
        row.fromToken = contents.includeText ? tokens[Int(pair.from)] : nil
        row.toToken = contents.includeText ? tokens[Int(pair.to)] : nil
        row.weight = pair.weight
        rows.append(row)
      }
    }
    return rows
  }
}
