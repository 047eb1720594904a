/// Two checkpoints' explanations of one example by one method: a row of the comparison table.
public struct ComparedExplanation: TableRow, Equatable {
  public var row: Int64 = 0
  public var exampleID = ""
  public var method = ""
  public var modelA = ""
  public var modelB = ""
  public var predictedA = ""
  public var predictedB = ""
  public var flip = false
  public var probabilityA: Float = 0
  public var probabilityB: Float = 0
  public var targetA = ""
  public var targetB = ""
  public var comparable = false
  public var tokens: Int32?
  public var cosine: Double?
  public var spearman: Double?
  public var jaccard: Double?
  public var targetPositionA: Int32?
  public var targetPositionB: Int32?

  public init() {}

  public static let table = TableDefinition<ComparedExplanation>(
    "comparison",
    doc: "One row per example, method and target, of two checkpoints A and B; where each explains its own prediction,"
      + " the targets may differ."
  ) {
    Column("row", \.row, doc: "Number of the record in the dataset, from 0.")
    Column("example_id", \.exampleID, doc: "The dataset's id of the row, or `row` in decimal where it has none.")
    Column("method", \.method, dictionary: true, doc: "The method's `id` in the pipeline file.")
    Column("model_a", \.modelA, dictionary: true, doc: "The earlier checkpoint; of several runs `RUN/MODEL`.")
    Column("model_b", \.modelB, dictionary: true, doc: "The later checkpoint.")
    Column("predicted_a", \.predictedA, dictionary: true, doc: "What A predicts.")
    Column("predicted_b", \.predictedB, dictionary: true, doc: "What B predicts.")
    Column("flip", \.flip, doc: "Whether the two predict different things.")
    Column("probability_a", \.probabilityA, doc: "`probability` of A's prediction.")
    Column("probability_b", \.probabilityB, doc: "`probability` of B's prediction.")
    Column("target_a", \.targetA, dictionary: true, doc: "What is explained of A.")
    Column("target_b", \.targetB, dictionary: true, doc: "What is explained of B.")
    Column(
      "comparable", \.comparable,
      doc: "Whether both explain the same target over the same tokens; the similarities are null otherwise.")
    Column(
      "tokens", \.tokens, dictionary: true,
      doc: "Tokens that were compared, special ones left out; null where they are not comparable.")
    Column("cosine", \.cosine, doc: "Cosine of the two score vectors; null where one is zero.")
    Column("spearman", \.spearman, doc: "Spearman's rank correlation of the scores; null where one side has no spread.")
    Column(
      "jaccard", \.jaccard, dictionary: true,
      doc: "Share of the k largest scores' positions that both have, of those that either has; k is `--top`, 5 by"
        + " default.")
    Column(
      "target_position_a", \.targetPositionA, dictionary: true,
      doc: "The token that A's output is about; null where it is about the whole text.")
    Column("target_position_b", \.targetPositionB, dictionary: true, doc: "The same of B.")
  }
}
