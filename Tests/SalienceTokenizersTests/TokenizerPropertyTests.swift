import Foundation
import SalienceTokenizers
import Testing

/// What holds of every text, whatever a reference says.
@Suite struct TokenizerPropertyTests {
  @Test(arguments: ["gpt2", "llama3", "o200k", "mixed", "roberta"])
  func byteLevelTextsComeBackWhole(name: String) throws {
    let tokenizer = try SubwordFixtures.tokenizer(name)
    for text in try TokenizerFixtures.texts() where !text.contains("[MASK]") && !text.contains("<ent>") {
      let ids = try tokenizer.encode(text, addingSpecialTokens: false).ids
      // Added tokens take in the white space beside them.
      guard !ids.contains(where: { tokenizer.token(of: $0)?.hasPrefix("<") == true && $0 > 1000 }) else { continue }
      let back = tokenizer.decode(ids)
      #expect(back.unicodeScalars.elementsEqual(text.unicodeScalars), "\(TokenizerFixtures.notation(text))")
    }
  }

  /// What was encoded before, and what other threads encode, does not count.
  @Test(arguments: ["gpt2", "mistral", "deberta-v3", "gemma"])
  func encodingsDoNotDependOnOrder(name: String) async throws {
    let texts = Array(try TokenizerFixtures.texts().prefix(3000))
    let tokenizer = try SubwordFixtures.tokenizer(name)
    let expected = try texts.map { try tokenizer.encode($0) }
    let other = try SubwordFixtures.tokenizer(name)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for part in 0..<4 {
        group.addTask {
          for index in texts.indices.reversed() where index % 4 <= part {
            let encoding = try other.encode(texts[index])
            #expect(encoding == expected[index], "\(TokenizerFixtures.notation(texts[index]))")
          }
        }
      }
      try await group.waitForAll()
    }
  }

  /// Text is taken as it stands: cut anywhere, offsets stay in order and inside the text.
  @Test(arguments: SubwordFixtures.names)
  func offsetsStayInsideTheText(name: String) throws {
    let tokenizer = try SubwordFixtures.tokenizer(name)
    for text in try TokenizerFixtures.texts().prefix(4000) {
      let encoding = try tokenizer.encode(text)
      let count = text.unicodeScalars.count
      var last = 0
      for (offsets, special) in zip(encoding.offsets, encoding.special) where !special {
        let own = try #require(offsets)
        #expect(own.lowerBound >= 0 && own.upperBound <= count)
        #expect(own.upperBound >= last)
        last = own.upperBound
      }
    }
  }

  @Test(arguments: SubwordFixtures.names)
  func longTextsAreCutToTheMaximumLength(name: String) throws {
    let tokenizer = try SubwordFixtures.tokenizer(name)
    for part in ["x", "\u{301}", "a b ", "!", "中", " ", "ab", "\n", "👩🏽‍💻"] {
      let encoding = try tokenizer.encode(String(repeating: part, count: 40_000), maxLength: 512)
      #expect(encoding.count <= 512)
    }
  }

  @Test func textsWithoutSpecialTokens() throws {
    let tokenizer = try SubwordFixtures.tokenizer("roberta")
    let whole = try tokenizer.encode("some text", pair: "more", maxLength: 6)
    let bare = try tokenizer.encode("some text", pair: "more", maxLength: 6, addingSpecialTokens: false)
    #expect(whole.special.contains(true) && !bare.special.contains(true))
    #expect(bare.count == 6 || !bare.truncated)
    #expect(tokenizer.decode([]) == "")
    #expect(tokenizer.decode([-1, 9_999_999]) == "")
    #expect(tokenizer.decode(whole.ids, skippingSpecialTokens: true).contains("<s>") == false)
  }
}
