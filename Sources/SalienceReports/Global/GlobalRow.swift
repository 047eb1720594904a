/// A word or token over a whole run: its mean score in one method's explanations of one target.
public struct GlobalRow: TableRow, Equatable {
  public var model = ""
  public var method = ""
  public var target = ""
  public var slice: String?
  public var word = ""
  public var occurrences: Int64 = 0
  public var examples: Int64 = 0
  public var mean = 0.0
  public var meanLow: Double?
  public var meanHigh: Double?
  public var meanAbsolute = 0.0
  public var meanAbsoluteLow: Double?
  public var meanAbsoluteHigh: Double?

  public init() {}

  public static let table = TableDefinition<GlobalRow>(
    "global",
    doc: "One row per model, method, target, slice and word: what `salience global` found over all examples. Counts and"
      + " means are exact; the bounds are a bootstrap's over examples."
  ) {
    Column("model", \.model, dictionary: true, doc: "The checkpoint.")
    Column("method", \.method, dictionary: true, doc: "The method's `id` in the pipeline file.")
    Column("target", \.target, dictionary: true, doc: "What is explained, as in the explanations table.")
    Column(
      "slice", \.slice, dictionary: true,
      doc: "The examples' value in the column of `--by`; null where they have none, and without `--by`.")
    Column("word", \.word, doc: "The word in lower case, or with `--tokens` the token as the vocabulary writes it.")
    Column("occurrences", \.occurrences, doc: "How often it was scored.")
    Column("examples", \.examples, doc: "Examples that it was scored in.")
    Column(
      "mean", \.mean, doc: "Mean over the occurrences of its score, which for a word is the sum over its tokens.")
    Column("mean_low", \.meanLow, doc: "Where the middle 95 % of the bootstrap's means begin; null for one example.")
    Column("mean_high", \.meanHigh, doc: "Where they end.")
    Column("mean_absolute", \.meanAbsolute, doc: "Mean of the score's magnitude.")
    Column("mean_absolute_low", \.meanAbsoluteLow, doc: "As `mean_low`, of that.")
    Column("mean_absolute_high", \.meanAbsoluteHigh, doc: "As `mean_high`, of that.")
  }
}
