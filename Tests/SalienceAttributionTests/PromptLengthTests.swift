import Foundation
import SalienceAttribution
import SalienceTestSupport
import SalienceTokenizers
import Testing

@Suite struct PromptLengthTests {
  private static let folder = Repository.fixtures.appending(path: "families/gpt2-causal-lm").path

  private func prompt(_ tokens: Int, newTokens: Int, pair: String? = nil) throws -> Encoding {
    let tokenizer = try Tokenizer(directory: Self.folder)
    let text = String(repeating: "7", count: tokens)
    try #require(tokenizer.encode(text).count == tokens, "a digit is a token")
    var generation = GenerationSettings()
    generation.maximumNewTokens = newTokens
    let task = CausalLanguageModel(tokenizer: tokenizer, vocabularySize: 391, generation: generation)
    return try #require(task.windows(of: text, pair: pair, tokenizer: tokenizer, maxLength: 20).first)
  }

  /// More new tokens than there is room for end the continuation early; they must not eat the prompt.
  @Test(arguments: [(1, 5), (10, 5), (15, 5), (16, 5), (20, 5), (10, 20), (20, 1000)])
  func aPromptThatFitsIsKeptWhole(_ tokens: Int, _ newTokens: Int) throws {
    let prompt = try prompt(tokens, newTokens: newTokens)
    #expect(prompt.count == tokens && !prompt.truncated)
  }

  @Test func aLongerOneLeavesRoomForWhatIsAskedFor() throws {
    let cut = try prompt(21, newTokens: 5)
    #expect(cut.count == 15 && cut.truncated)
    #expect(try prompt(21, newTokens: 1000).count == 1)
    #expect(try prompt(21, newTokens: 5, pair: "7").count == 20)
  }
}
