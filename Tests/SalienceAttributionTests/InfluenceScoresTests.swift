import SalienceAttribution
import SalienceCheckpoints
import SalienceJSON
import Testing

/// What is chosen among scores, and what has none.
@Suite struct InfluenceScoresTests {
  /// A block of one class and one element: the score of two rows is the product of their four numbers.
  private func block(_ first: Int64, _ values: [Float?]) -> ReadingBlock {
    ReadingBlock(
      first: first,
      values.map { value in
        value.map { (.read, ClassifierReading(gradient: [1], input: [$0])) } ?? (.unlabelled, nil)
      })
  }

  @Test func earlierRowsStandFirstAmongEqualScores() async {
    var scores = InfluenceScores(Influence(top: 3), scored: [block(0, [1, nil, -1])])
    await scores.add([block(0, [2, 5, nil, 2])])
    await scores.add([block(4, [5, -3, 2])])
    #expect(scores.usable == [0, 2])
    #expect(scores.results.map { $0.highest.map(\.row) } == [[1, 4, 0], [5, 0, 3]])
    #expect(scores.results.map { $0.lowest.map(\.row) } == [[5, 0, 3], [1, 4, 0]])
    #expect(scores.results[0].highest.map(\.score) == [5, 5, 2])
  }

  @Test func rowsCountWhereEveryCheckpointReadsThem() async {
    var scores = InfluenceScores(
      Influence(top: 5, learningRates: [1, 0.5], includesBias: true), scored: [block(0, [1]), block(0, [2])])
    await scores.add([block(0, [1, nil, 3]), block(0, [4, 1, nil])])
    // 1 · (1 · 1 + 1) + 0.5 · (2 · 4 + 1)
    #expect(scores.results[0].highest == [InfluentialRows.Entry(row: 0, score: 6.5)])
  }

  @Test func similarityOfNothingIsZero() async {
    var scores = InfluenceScores(Influence(kind: .similarity, top: 3), scored: [block(0, [-2])])
    await scores.add([block(0, [3, 0, -7])])
    #expect(scores.results[0].highest.map(\.score) == [1, 0, -1])
  }

  private func loss(_ json: JSONValue, head: String = "BertForSequenceClassification") throws -> ClassifierLoss {
    let members: [JSONMember] = [
      JSONMember(name: "model_type", value: "bert"), JSONMember(name: "architectures", value: [.string(head)]),
    ]
    return try ClassifierLoss(
      of: ModelConfiguration(json: .object(members + (json.objectValue ?? []))), task: TaskSettings())
  }

  /// The loss that transformers' classes take for a problem_type.
  @Test func lossFollowsTheProblemType() throws {
    #expect(try loss([:]) == .crossEntropy)
    #expect(try loss(["num_labels": 1]) == .squaredError)
    #expect(try loss(["problem_type": "regression", "num_labels": 1]) == .squaredError)
    #expect(try loss(["problem_type": "multi_label_classification"]) == .binaryCrossEntropy)
    for refused: JSONValue in [
      ["problem_type": "regression", "num_labels": 3],
      ["problem_type": "single_label_classification", "num_labels": 1], ["problem_type": "other"],
    ] {
      let error = try #require(throws: AttributionError.self) { try loss(refused) }
      #expect(error.code == .usage)
    }
    #expect(throws: AttributionError.self) { try loss([:], head: "BertForQuestionAnswering") }
  }
}
