import Foundation
import SalienceAttribution
import SalienceTestSupport
import Testing

@Suite struct LabelTests {
  /// What transformers and pandas make of labels and answers; `Scripts/fixtures/make_label_references.py` writes it.
  private struct References: Decodable {
    struct Classes: Decodable {
      struct Label: Decodable {
        let label: String
        let index: Int?
      }

      let names: [String]
      let labels: [Label]
    }

    struct Answer: Decodable {
      let answer: String
      let labels: [String]
      let correct: Bool
    }

    let classes: [Classes]
    let answers: [Answer]
  }

  private let references: References

  init() throws {
    let data = try Data(contentsOf: Repository.fixtures.appending(path: "labels/references.json"))
    references = try JSONDecoder().decode(References.self, from: data)
  }

  private func prediction(_ index: Int, _ logits: [Float] = [], label: String = "") -> Prediction {
    Prediction(label: label, index: index, probability: 1, logits: logits)
  }

  @Test func labelsMeanTheClassesOfTransformers() {
    #expect(references.classes.count > 5)
    for model in references.classes {
      let names = OutputNames(model.names)
      let task = SequenceClassification(labels: model.names)
      for label in model.labels {
        #expect(names.index(meantBy: label.label) == label.index, "'\(label.label)' among \(model.names)")
        let isEmpty = label.label.trimmingCharacters(in: .whitespaces).isEmpty
        for predicted in model.names.indices {
          let meaning = task.meaning(of: RowLabel(label.label), for: prediction(predicted))
          #expect(meaning.index == label.index)
          #expect(meaning.isCorrect == label.index.map { $0 == predicted })
          #expect(meaning.isUnknown == (label.index == nil && !isEmpty))
        }
      }
    }
  }

  @Test func answersMatchAsInSQuADsEvaluation() {
    #expect(references.answers.count > 20)
    for reference in references.answers {
      let label = RowLabel(reference.labels.first, elements: reference.labels)
      let meaning = QuestionAnswering().meaning(of: label, for: prediction(0, label: reference.answer))
      #expect(meaning.isCorrect == reference.correct, "'\(reference.answer)' for \(reference.labels)")
      #expect(meaning.index == nil && !meaning.isUnknown)
    }
    #expect(QuestionAnswering().meaning(of: nil, for: prediction(0)).isCorrect == nil)
  }

  @Test func listsAreSetsOfClassesToAModelOfSeveral() {
    let task = SequenceClassification(labels: ["joy", "anger", "fear"], kind: .multiLabel)
    let logits: [Float] = [0.5, -1, 2]
    func meaning(_ text: String?, _ elements: [String]? = nil) -> LabelMeaning {
      task.meaning(of: RowLabel(text, elements: elements), for: prediction(2, logits))
    }
    #expect(meaning("[0,2]", ["0", "2"]) == LabelMeaning(isCorrect: true))
    #expect(meaning("[]", ["FEAR", "joy", "joy"]).isCorrect == true)
    #expect(meaning("[]", []) == LabelMeaning(isCorrect: false))
    #expect(meaning("[1]", ["1"]) == LabelMeaning(index: 1, isCorrect: false))
    for text in ["joy, fear", "0,2", "['joy', 'fear']", "[\"fear\", \"joy\"]", "[0, 2]"] {
      #expect(meaning(text).isCorrect == true, "\(text)")
    }
    #expect(meaning("fear") == LabelMeaning(index: 2, isCorrect: false))
    #expect(meaning("[]").isCorrect == false, "an empty list, as text")
    #expect(meaning(nil) == LabelMeaning() && meaning("") == LabelMeaning())
    let unknown = meaning("[]", ["joy", "dread", "7"])
    #expect(unknown.isUnknown && unknown.index == nil && unknown.isCorrect == nil)
    #expect(unknown.unknown == ["dread", "7"] && unknown.classes == ["joy", "anger", "fear"])
    #expect(task.meaning(of: RowLabel("x"), for: prediction(0), showsLabels: false).unknown == [])
  }

  @Test func listsAreNoClassOfAModelOfOne() {
    let task = SequenceClassification(labels: ["joy", "anger", "fear"])
    for elements in [["0", "2"], []] {
      let meaning = task.meaning(of: RowLabel("[…]", elements: elements), for: prediction(0))
      #expect(meaning.isUnknown && meaning.isCorrect == nil && meaning.unknown == ["[…]"])
    }
    let one = task.meaning(of: RowLabel("[2]", elements: ["2"]), for: prediction(2))
    #expect(one == LabelMeaning(index: 2, isCorrect: true))
  }

  @Test func numbersAndWordsLabelsAreNoClasses() {
    let regression = SequenceClassification(labels: ["LABEL_0"], kind: .regression)
    let single = SequenceClassification(labels: ["LABEL_0"])
    let words = TokenClassification(labels: ["O", "PER"])
    for task in [regression, single, words] as [any ModelTask] {
      #expect(task.meaning(of: RowLabel("3.7"), for: prediction(0, [1])) == LabelMeaning())
      #expect(task.meaning(of: RowLabel("0"), for: prediction(0, [1])) == LabelMeaning())
    }
  }
}
