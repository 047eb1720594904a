import SalienceAttribution

/// A row of the activations table: what one unit of a layer is to one token.
public struct ActivationRow: TableRow, Equatable {
  public var key = ExplanationKey()
  public var layer: Int32 = 0
  public var position: Int32 = 0
  public var token: String?
  public var tokenID: Int32 = 0
  public var unit: Int32 = 0
  public var value: Float = 0

  public init() {}

  public static let table = TableDefinition<ActivationRow>(
    "activations",
    doc: "One row per token, layer and unit of a layer: its activation, or what passes through it. Written where the"
      + " pipeline has a method that looks inside the model, whose `layers`, `part`, `top_k` and `threshold` say which"
      + " units; activations are the same for every target, and stand beside the first. [Methods](methods.md#inside)"
      + " defines the values."
  ) {
    ExplanationKey.columns(\.key)
    Column("layer", \.layer, dictionary: true, doc: "The layer, from 0.")
    Column("position", \.position, dictionary: true, doc: "Place of the token in the model's input, from 0.")
    Column(
      "token", \.token, dictionary: true, doc: "The token as the vocabulary writes it; null with `output.text: false`.")
    Column("token_id", \.tokenID, dictionary: true, doc: "The token's id in the vocabulary.")
    Column("unit", \.unit, dictionary: true, doc: "The unit's place in the token's row of the layer, from 0.")
    Column("value", \.value, doc: "The activation of the unit, or its conductance.")
  }
}

extension ActivationRow: ExampleRow {
  /// - Throws: `ReportError.invalidExample` where a value is of a token that the example does not have.
  public static func rows(of scored: ScoredExample, _ contents: TableContents) throws -> [ActivationRow] {
    var rows: [ActivationRow] = []
    for explanation in scored.explanations where !explanation.units.isEmpty {
      let encoding = scored.encoding
      var row = ActivationRow()
      row.key = try ExplanationKey(explanation, of: scored, includeText: contents.includeText)
      rows.reserveCapacity(rows.count + explanation.units.count)
      for unit in explanation.units {
        let position = Int(unit.position)
        guard encoding.tokens.indices.contains(position), encoding.ids.indices.contains(position) else {
          throw ReportError(
            .invalidExample, "an activation is of a token that it does not have", at: "row \(scored.example.row)")
        }
        row.layer = Int32(unit.layer)
        row.position = unit.position
        row.token = contents.includeText ? encoding.tokens[position] : nil
        row.tokenID = encoding.ids[position]
        row.unit = unit.unit
        row.value = unit.value
        rows.append(row)
      }
    }
    return rows
  }
}
