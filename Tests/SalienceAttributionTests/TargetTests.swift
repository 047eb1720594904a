import Foundation
import SalienceAttribution
import SalienceTestSupport
import SalienceTokenizers
import Testing

@Suite struct TargetTests {
  private let names = OutputNames(["a", "b", "1"])

  @Test func resolves() throws {
    #expect(try Target.predicted.resolve(names, predicted: 1, label: nil).map(\.name) == ["b"])
    #expect(try Target.all.resolve(names, predicted: 1, label: nil).map(\.index) == [0, 1, 2])
    #expect(try Target.label.resolve(names, predicted: 1, label: "a").map(\.coefficients) == [[1, 0, 0]])
    let named = Target.class(.name("1"))
    #expect(try named.resolve(names, predicted: 0, label: nil).map(\.index) == [2], "names go before indices")
    let contrast = try Target.contrast(.name("b"), .index(0)).resolve(names, predicted: 0, label: nil)
    #expect(contrast.map(\.name) == ["b - a"])
    #expect(contrast.map(\.index) == [nil])
    #expect(contrast.map(\.coefficients) == [[-1, 1, 0]])
  }

  @Test func refusesUnknownClasses() {
    #expect(throws: AttributionError.self) { try Target.class(.name("c")).resolve(names, predicted: 0, label: nil) }
    #expect(throws: AttributionError.self) { try Target.class(.index(3)).resolve(names, predicted: 0, label: nil) }
    #expect(throws: AttributionError.self) { try Target.class(.index(-1)).resolve(names, predicted: 0, label: nil) }
    #expect(throws: AttributionError.self) {
      try Target.label.resolve(names, predicted: 0, label: nil)
    }
  }

  private func message(_ target: Target, _ task: some ModelTask) -> String? {
    let error = #expect(throws: AttributionError.self) { try task.validate(target) }
    #expect(error?.code == .usage && error?.setting == .target)
    return error?.message
  }

  /// Only answers have a maximum; of anything else it is known before a row is scored.
  @Test func maximumIsAnAnswersOrAClass() throws {
    try QuestionAnswering().validate(.maximum)
    try SequenceClassification(labels: ["minimum", "maximum"]).validate(.maximum)
    let labels = ["negative", "positive"]
    #expect(
      message(.maximum, SequenceClassification(labels: labels))
        == "no class 'maximum' among the model's 2: negative, positive")
    #expect(message(.maximum, TokenClassification(labels: labels))?.hasPrefix("no class 'maximum'") == true)
  }

  /// Its scores would all be 0, and say nothing.
  @Test func aContrastIsOfTwoClasses() throws {
    let task = SequenceClassification(labels: ["a", "b"])
    try task.validate(.contrast(.name("b"), .name("a")))
    for same in [Target.contrast(.name("b"), .name("b")), .contrast(.name("b"), .index(1))] {
      #expect(message(same, task) == "a contrast is of two classes, not of 'b' with itself")
      #expect(message(same, TokenClassification(labels: ["a", "b"]))?.contains("with itself") == true)
    }
  }

  /// A text that the vocabulary lacks is not the unknown token that it would be read as.
  @Test func aTextWithoutATokenIsNoTarget() throws {
    let folder = Repository.fixtures.appending(path: "families/bert-masked-lm").path
    let tokenizer = try Tokenizer(directory: folder)
    let task = try MaskedLanguageModel(tokenizer: tokenizer, vocabularySize: 420)
    let unknown = try #require(tokenizer.encode("\u{3042}", addingSpecialTokens: false).tokens.first)
    #expect(unknown == "[UNK]")
    #expect(message(.class(.name("\u{3042}")), task) == "no token '\u{3042}' in the model's vocabulary of 420")
    try task.validate(.class(.name("the")))
    try task.validate(.class(.name("[UNK]")))
    let error = #expect(throws: AttributionError.self) {
      try Target.label.resolve(task.outputNames, predicted: 0, label: "\u{3042}")
    }
    #expect(error?.code == .example)
  }

  @Test func aNameOfTwoClassesMeansNeither() throws {
    let names = OutputNames(["same", "other", "same"])
    #expect(names.index(of: .name("other")) == 1)
    #expect(names.index(of: .name("same")) == nil)
    #expect(names.index(of: .index(2)) == 2)
    let task = SequenceClassification(labels: ["same", "other", "same"])
    #expect(message(.class(.name("same")), task) == "more than one class is called 'same': name one by its index")
    let error = #expect(throws: AttributionError.self) { try Target.label.resolve(names, predicted: 0, label: "same") }
    #expect(error?.code == .example)
    #expect(try Target.all.resolve(names, predicted: 0, label: nil).map(\.index) == [0, 1, 2])
  }
}
