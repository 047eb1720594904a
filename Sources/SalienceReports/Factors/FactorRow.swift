/// A row of the factors table: how much of a component is in one token.
public struct FactorRow: TableRow, Equatable {
  public var model = ""
  public var row: Int64 = 0
  public var exampleID = ""
  public var position: Int32 = 0
  public var token: String?
  public var tokenID: Int32 = 0
  public var component: Int32 = 0
  public var weight = 0.0

  public init() {}

  public static let table = TableDefinition<FactorRow>(
    "factors",
    doc: "One row per model, token and component: what `salience nmf` found in the activations of a run."
  ) {
    Column("model", \.model, dictionary: true, doc: "The checkpoint.")
    Column("row", \.row, dictionary: true, doc: "Number of the record in the dataset, from 0.")
    Column("example_id", \.exampleID, dictionary: true, doc: "The dataset's id of the row.")
    Column("position", \.position, dictionary: true, doc: "Place of the token in the model's input, from 0.")
    Column(
      "token", \.token, dictionary: true, doc: "The token as the vocabulary writes it; null with `output.text: false`.")
    Column("token_id", \.tokenID, dictionary: true, doc: "The token's id in the vocabulary.")
    Column("component", \.component, dictionary: true, doc: "The component, from 0.")
    Column("weight", \.weight, doc: "How much of the component is in the token: an element of W, at least 0.")
  }
}
