import Foundation
import SalienceJSON
import SalienceTokenizers
import Testing

/// Rules of a tokenizer that would never come to an end, or make a text ever longer.
@Suite struct TokenizerLimitTests {
  private func tokenizer(_ members: [JSONMember]) throws -> Tokenizer {
    let model: JSONValue = ["type": "BPE", "vocab": ["a": 0], "merges": []]
    let file = JSONValue.object(members + [JSONMember(name: "model", value: model)])
    return try SubwordFixtures.withDirectory(["tokenizer.json": Data(file.text().utf8)]) {
      try Tokenizer(directory: $0)
    }
  }

  private func split(_ regex: String) -> JSONMember {
    let rule: JSONValue = [
      "type": "Split", "pattern": ["Regex": .string(regex)], "behavior": "Isolated", "invert": false,
    ]
    let digits: JSONValue = ["type": "Digits", "individual_digits": true]
    return JSONMember(name: "pre_tokenizer", value: ["type": "Sequence", "pretokenizers": [digits, rule]])
  }

  /// Each takes twice as long with every letter more, or as long as the square of them.
  @Test(arguments: [#"(a+)+$"#, #"(a|a)*b"#, #"(?=(a+)+$)"#, #"(?!(a*)*b)x"#, #"(?>(a+)+$)"#, #"(a+)+?c"#])
  func aPatternWithoutEndIsNamed(regex: String) throws {
    let tokenizer = try tokenizer([split(regex)])
    let start = ContinuousClock.now
    let error = #expect(throws: TokenizerError.self) {
      try tokenizer.encode(String(repeating: "a", count: 60) + "!")
    }
    #expect(error?.code == .excessiveWork)
    #expect(error?.component == "pre_tokenizer.pretokenizers[1].pattern.Regex")
    #expect(error?.message.contains("steps") == true)
    #expect(ContinuousClock.now - start < .seconds(5))
    // Another text is none the worse for it.
    #expect(try tokenizer.words(in: "ab").isEmpty == false)
  }

  @Test func aPatternThatStartsAnewAtEveryLetterIsNamed() throws {
    let tokenizer = try tokenizer([split("a+b")])
    #expect(throws: TokenizerError.self) { try tokenizer.words(in: String(repeating: "a", count: 50_000)) }
  }

  private func replacements(_ count: Int) -> JSONValue {
    let one: JSONValue = ["type": "Replace", "pattern": ["String": "a"], "content": "aa"]
    return ["type": "Sequence", "normalizers": .array(Array(repeating: one, count: count))]
  }

  @Test func aChainOfReplacementsIsNamed() throws {
    let tokenizer = try tokenizer([JSONMember(name: "normalizer", value: replacements(60))])
    let error = #expect(throws: TokenizerError.self) { try tokenizer.encode("a") }
    #expect(error?.code == .excessiveWork)
    #expect(error?.component?.hasPrefix("normalizer.normalizers[") == true)
    #expect(try tokenizer.encode("").count == 0)
    let few = try self.tokenizer([JSONMember(name: "normalizer", value: replacements(5))])
    #expect(try few.encode("aa").count == 64)
  }

  @Test func aChainOfADecodersReplacementsEnds() throws {
    let one: JSONValue = ["type": "Replace", "pattern": ["String": "a"], "content": "aa"]
    let decoder: JSONValue = ["type": "Sequence", "decoders": .array(Array(repeating: one, count: 60))]
    let tokenizer = try tokenizer([JSONMember(name: "decoder", value: decoder)])
    #expect(tokenizer.decode([0]).count < 20_000)
  }

  /// Patterns of published models on texts that make them go back and forth.
  @Test(arguments: ["gpt2", "llama3", "o200k", "qwen2", "deberta-v3", "clip"])
  func patternsOfPublishedModelsPass(name: String) throws {
    let tokenizer = try SubwordFixtures.tokenizer(name)
    for part in [" ", "a", "A", "\n ", "\r\n\r", "1", "'s", String(repeating: " ", count: 5000) + "x"] {
      let text = String(repeating: part, count: 200_000 / part.count)
      #expect(throws: Never.self) { try tokenizer.words(in: text) }
    }
  }
}
