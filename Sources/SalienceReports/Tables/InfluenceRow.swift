/// A row of the influence table: one training row among the most influential ones of one example.
public struct InfluenceRow: TableRow, Equatable {
  public var row: Int64 = 0
  public var exampleID = ""
  public var effect = ""
  public var rank: Int32 = 0
  public var trainingRow: Int64 = 0
  public var trainingID = ""
  public var trainingText: String?
  public var trainingTextPair: String?
  public var trainingLabel: String?
  public var score = 0.0

  public init() {}

  public static let table = TableDefinition<InfluenceRow>(
    "influence",
    doc: "One row per example and training row that is among its most influential ones, over all checkpoints of the"
      + " run. Written where the pipeline's `influence` asks for it; [Training rows](methods.md#training-rows) defines"
      + " the scores."
  ) {
    Column("row", \.row, doc: "Number of the example in the dataset, from 0.")
    Column("example_id", \.exampleID, doc: "Its id, or the number where it has none.")
    Column(
      "effect", \.effect, dictionary: true,
      doc: "`helpful` for the highest scores and `harmful` for the lowest; of similarities `similar` and `dissimilar`.")
    Column("rank", \.rank, dictionary: true, doc: "1 for the strongest of its `effect`.")
    Column("training_row", \.trainingRow, doc: "Number of the record in the training data, from 0.")
    Column("training_id", \.trainingID, dictionary: true, doc: "Its id, or the number where it has none.")
    Column("training_text", \.trainingText, dictionary: true, doc: "Its text; null with `output.text: false`.")
    Column(
      "training_text_pair", \.trainingTextPair, dictionary: true,
      doc: "Its second text; null where it has none, and with `output.text: false`.")
    Column(
      "training_label", \.trainingLabel, dictionary: true, doc: "Its label as written; null where it has none.")
    Column("score", \.score, doc: "The influence, or the similarity.")
  }
}
