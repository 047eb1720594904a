import Foundation
import SalienceJSON
import SalienceTokenizers
import Testing

/// The regular expressions of tokenizer.json files: what they match, and what is refused by name.
@Suite struct PatternTests {
  /// The words of a text split on a pattern, each match a word of its own.
  private func words(_ pattern: String, _ text: String, behavior: String = "Isolated") throws -> [String] {
    let file: JSONValue = [
      "pre_tokenizer": [
        "type": "Split", "pattern": ["Regex": .string(pattern)], "behavior": .string(behavior), "invert": false,
      ],
      "model": ["type": "BPE", "vocab": ["a": 0], "merges": []],
    ]
    return try SubwordFixtures.withDirectory(["tokenizer.json": Data(file.text().utf8)]) {
      try Tokenizer(directory: $0).words(in: text).map(\.text)
    }
  }

  @Test(arguments: [
    (#"\s+(?!\S)|\s+"#, "a  b ", ["a", " ", " ", "b", " "]),
    (#"(?i:'s|'LL)"#, "IT'S it'ſ I'll", ["IT", "'S", " it", "'ſ", " I", "'ll"]),
    (#"\p{N}{1,3}"#, "12345x", ["123", "45", "x"]),
    (#"a+?b|a"#, "aab", ["aab"]),
    (#"(?>a+)ab|b"#, "aaab", ["aaa", "b"]),
    (#"a++a|a"#, "aa", ["a", "a"]),
    (#"[^\p{L}\p{N}\s]+"#, "a!?b", ["a", "!?", "b"]),
    (#"[[ab]-]+"#, "xa-by", ["x", "a-b", "y"]),
    (#"\bno\b"#, "no nono", ["no", " nono"]),
    (#"(?:a|b)*c"#, "abac", ["abac"]),
    (#"x*"#, "axxb", ["a", "xx", "b"]),
  ])
  func patternsMatch(example: (pattern: String, text: String, words: [String])) throws {
    #expect(try words(example.pattern, example.text) == example.words)
  }

  @Test(arguments: [
    #"(?<=a)b"#, #"(?<name>a)"#, #"(a)\1"#, #"\p{Han}"#, #"[[:alpha:]]"#, #"[a&&b]"#, #"(?i:ß)"#, #"(?i:\p{L})"#,
    #"(?i:ss)"#, #"(a"#, #"a)"#, #"[a"#, #"*a"#, #"a{2000}"#, #"\Ga"#, #"[b-a]"#, #"\x{110000}"#, #"a\"#,
  ])
  func otherPatternsAreRefusedByName(pattern: String) throws {
    let error = #expect(throws: TokenizerError.self) { try words(pattern, "") }
    #expect(error?.code == .unsupported)
    #expect(error?.component == "pre_tokenizer.pattern.Regex")
    #expect(error?.message.contains("'\(pattern)'") == true)
  }

  @Test func manyGroupsInsideEachOther() throws {
    let pattern = String(repeating: "(", count: 5000) + "a" + String(repeating: ")", count: 5000)
    #expect(throws: TokenizerError.self) { try words(pattern, "a") }
    #expect(throws: TokenizerError.self) { try words("a" + String(repeating: "{1,2}", count: 50_000), "a") }
    #expect(throws: TokenizerError.self) { try words("(?:(?:b?a{9}){999}){999}", "a") }
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: TokenizerError.self) { try words(deep, "a") }
  }
}
