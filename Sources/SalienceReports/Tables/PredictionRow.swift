/// A row of the predictions table: what a model made of one example.
public struct PredictionRow: TableRow, Equatable {
  public var row: Int64 = 0
  public var exampleID = ""
  public var text: String?
  public var textPair: String?
  public var label: String?
  public var predicted = ""
  public var predictedIndex: Int32 = 0
  public var probability: Float = 0
  public var logits: [Float] = []
  public var tokenCount: Int32 = 0
  public var truncated = false
  public var status = ScoredExample.Status.ok
  public var answer: String?
  public var answerStart: Int32?
  public var answerEnd: Int32?
  public var generated: String?
  public var labelIndex: Int32?
  public var correct: Bool?
  public var datasetFile = ""
  /// Values of the columns that examples carry along.
  public var kept: [String?] = []

  public init() {}

  public static let table = TableDefinition<PredictionRow>(
    "predictions",
    doc: "One row per example: what the model decided. Columns that `dataset.columns.keep` names stand behind these."
  ) {
    Column(
      "row", \.row,
      doc: "Number of the record in the dataset, from 0, over all files in byte order of their names; bad ones count.")
    Column("example_id", \.exampleID, doc: "The dataset's id of the row, or `row` in decimal where it has none.")
    Column("text", \.text, doc: "The text, or the question; null with `output.text: false`.")
    Column(
      "text_pair", \.textPair,
      doc: "The second text, or the context of a question; null where there is none, and with `output.text: false`.")
    Column(
      "label", \.label, dictionary: true,
      doc: "The dataset's label as written, a list as JSON; null where there is none. With `output.text: false` it is"
        + " null for questions and language models too.")
    Column(
      "predicted", \.predicted, dictionary: true,
      doc: "The class, the classes above 0.5 of a model of several labels, the answer, the words' labels, the tokens"
        + " that fill the masks, or the continuation. With `output.text: false` an answer is its place, `17-23`, and"
        + " tokens are their ids.")
    Column(
      "predicted_index", \.predictedIndex, dictionary: true,
      doc: "The class, the answer's first token, or what was chosen first where several were, as each task says.")
    Column(
      "probability", \.probability,
      doc: "How likely the model finds all that it decided, in 0 to 1, as each task says; a regression's value.")
    Column(
      "logits", \.logits,
      doc: "Logits of every class, token by token where each token has a class, or one per output that was chosen.")
    Column("token_count", \.tokenCount, dictionary: true, doc: "Tokens of the example, special ones included.")
    Column("truncated", \.truncated, doc: "Whether the text had more tokens than the model takes, and was cut.")
    Column(
      "status", \.status, dictionary: true,
      doc: "`ok`, or `empty` where the text has no characters and was scored as its special tokens.")
    Column(
      "answer", \.answer,
      doc: "The part of the context that answers the question; null in other tasks, where there is no answer, and with"
        + " `output.text: false`.")
    Column(
      "answer_start", \.answerStart, dictionary: true,
      doc: "Where the answer begins in the context, in Unicode scalars; null where there is no answer.")
    Column(
      "answer_end", \.answerEnd, dictionary: true,
      doc: "Where the answer ends in the context: the scalar behind its last.")
    Column(
      "generated", \.generated,
      doc: "What a language model wrote after the text; null in other tasks, where the dataset gave the continuation,"
        + " and with `output.text: false`.")
    Column(
      "label_index", \.labelIndex, dictionary: true,
      doc: "The class that the label means, or the token of a mask; null where it is none, or several.")
    Column("correct", \.correct, doc: "Whether the prediction is what the label says; null where that cannot be said.")
    Column("dataset_file", \.datasetFile, dictionary: true, doc: "The file that the row is from.")
  }

  /// Whether the table, or a reader of its folders, has a column of that name already; many readers ignore case.
  public static func isTaken(_ name: String) -> Bool {
    (table.columns.map(\.name) + ["model"]).contains { $0.lowercased() == name.lowercased() }
  }
}

extension PredictionRow: ExampleRow {
  public static func table(of contents: TableContents) -> TableDefinition<PredictionRow> {
    table.adding(
      contents.keep.enumerated().map { index, name in
        Column(name, dictionary: true, doc: "A column of the dataset.") { $0.kept[index] }
      })
  }

  public static func rows(of scored: ScoredExample, _ contents: TableContents) throws -> [PredictionRow] {
    [try PredictionRow(scored, contents)]
  }

  /// - Throws: `ReportError.invalidExample` where an index does not fit the table or the answer is not in the pair.
  init(_ scored: ScoredExample, _ contents: TableContents) throws {
    let (prediction, includesText) = (scored.prediction, contents.includeText)
    predictedIndex = try scored.narrow(prediction.index, "predicted_index")
    let answer = try scored.answer()
    answerStart = try prediction.answer.map { try scored.narrow($0.lowerBound, "answer_start") }
    answerEnd = try prediction.answer.map { try scored.narrow($0.upperBound, "answer_end") }
    labelIndex = try scored.meaning.index.map { try scored.narrow($0, "label_index") }
    row = scored.example.row
    exampleID = scored.example.id
    text = includesText ? scored.example.text : nil
    textPair = includesText ? scored.example.textPair : nil
    label = includesText || scored.answersInClasses ? scored.example.label : nil
    predicted = includesText ? prediction.label : prediction.withoutText ?? prediction.label
    probability = prediction.probability
    logits = prediction.logits
    tokenCount = Int32(clamping: scored.encoding.count)
    truncated = scored.encoding.truncated
    status = scored.status
    self.answer = includesText ? answer : nil
    generated = includesText ? scored.generated : nil
    correct = scored.meaning.isCorrect
    datasetFile = scored.datasetFile
    let values = scored.example.kept
    kept = contents.keep.indices.map { values.indices.contains($0) ? values[$0] : nil }
  }
}

extension ScoredExample.Status: NamedCell {}
