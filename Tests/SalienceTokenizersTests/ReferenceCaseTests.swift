import SalienceJSON
import SalienceTokenizers
import Testing

/// Whole encodings, pairs and truncation against Hugging Face `tokenizers`, field by field.
@Suite struct ReferenceCaseTests {
  @Test func everyCaseEqualsTheReference() throws {
    var tokenizers: [String: Tokenizer] = [:]
    for name in TokenizerFixtures.names { tokenizers[name] = try TokenizerFixtures.tokenizer(name) }
    for name in SubwordFixtures.names { tokenizers[name] = try SubwordFixtures.tokenizer(name) }
    let cases = try TokenizerFixtures.lines("cases.jsonl") + TokenizerFixtures.lines("subword/cases.jsonl")
    #expect(cases.count >= 800)
    var errors = 0
    for (index, line) in cases.enumerated() {
      let value = try JSONValue(parsing: line)
      let tokenizer = try #require(tokenizers[value["tokenizer"]?.stringValue ?? ""])
      let text = try #require(value["text"]?.stringValue)
      let encode = {
        try tokenizer.encode(
          text, pair: value["pair"]?.stringValue, maxLength: value["max_length"]?.intValue,
          strategy: Self.strategy(value["strategy"]?.stringValue))
      }
      if value["error"] != nil {
        errors += 1
        #expect(throws: TokenizerError.self, "case \(index)") { try encode() }
        continue
      }
      let encoding = try encode()
      let expected = try Self.encoding(value)
      #expect(encoding == expected, "case \(index): \(TokenizerFixtures.notation(text))")
      if encoding != expected { return }
    }
    #expect(errors > 0)
  }

  private static func strategy(_ name: String?) -> TruncationStrategy {
    switch name {
    case "only_first": .onlyFirst
    case "only_second": .onlySecond
    default: .longestFirst
    }
  }

  private static func encoding(_ value: JSONValue) throws -> Encoding {
    func list(_ name: String) throws -> [JSONValue] { try #require(value[name]?.arrayValue) }
    return Encoding(
      ids: try list("ids").map { Int32(try #require($0.intValue)) },
      tokens: try list("tokens").map { try #require($0.stringValue) },
      typeIDs: try list("types").map { Int32(try #require($0.intValue)) },
      special: try list("special").map { $0.intValue == 1 },
      offsets: try list("offsets").map { pair in
        pair.isNull ? nil : try #require(pair[0]?.intValue)..<(try #require(pair[1]?.intValue))
      },
      words: try list("words").map { $0.intValue.map { Int32($0) } },
      sequences: try list("sequences").map { $0.intValue.map { UInt8($0) } },
      truncated: value["truncated"]?.boolValue ?? false, givesTypes: false)
  }
}
