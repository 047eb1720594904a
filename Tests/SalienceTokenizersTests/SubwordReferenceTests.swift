import Foundation
import SalienceJSON
import SalienceTokenizers
import Testing

/// Byte-pair encodings and unigram models of every family against Hugging Face `tokenizers`, by digest.
@Suite struct SubwordReferenceTests {
  @Test(arguments: SubwordFixtures.names)
  func everyLineEqualsTheReference(name: String) throws {
    let tokenizer = try SubwordFixtures.tokenizer(name)
    let lines = try TokenizerFixtures.texts().map { crc32(try tokenizer.encode($0).lines) }
    try LineDigests(kind: .encodings, name: "subword/\(name)").expect(lines)
  }

  @Test(arguments: SubwordFixtures.names)
  func decodedIdsEqualTheReference(name: String) throws {
    let tokenizer = try SubwordFixtures.tokenizer(name)
    var numbers = LinearCongruentialNumbers(state: UInt64(name.count))
    let lines = try TokenizerFixtures.texts().map { text in
      var ids = try tokenizer.encode(text).ids
      for _ in 0..<6 { ids.append(Int32(numbers.next(below: tokenizer.vocabularySize + 3))) }
      return crc32([tokenizer.decode(ids), tokenizer.decode(ids, skippingSpecialTokens: true)].joined(separator: "\n"))
    }
    try LineDigests(kind: .decodings, name: "subword/\(name)").expect(lines)
  }

  /// Every Unicode scalar, between letters and under marks.
  @Test(arguments: SubwordFixtures.namesOfScalars)
  func everyScalarEqualsTheReference(name: String) throws {
    let tokenizer = try SubwordFixtures.tokenizer(name)
    let expected = try SubwordFixtures.digests("\(name)/scalars.txt")
    try #require(expected.count == 0x110000 / 4096)
    for (block, digest) in expected.enumerated() {
      var parts: [String] = []
      for value in UInt32(block * 4096)..<UInt32(block * 4096 + 4096) {
        guard let scalar = Unicode.Scalar(value) else { continue }
        parts += try Self.words(of: "a\(scalar)b", tokenizer) + Self.words(of: "\(scalar)\u{316}\u{301}", tokenizer)
      }
      #expect(
        crc32(parts.joined(separator: "\n")) == digest,
        "\(name), scalars from U+\(String(block * 4096, radix: 16)) on")
    }
  }

  /// Normalizers and pre-tokenizers that no kind has, each for itself.
  @Test func everyComponentEqualsTheReference() throws {
    let blocks = SubwordFixtures.blocks(try TokenizerFixtures.texts(), LineDigests.linesOfBlock)
    let lines = try TokenizerFixtures.lines("subword/components.jsonl")
    #expect(lines.count > 60)
    for line in lines {
      let entry = try JSONValue(parsing: line)
      let parts: JSONValue = [
        "normalizer": entry["normalizer"] ?? .null, "pre_tokenizer": entry["pre_tokenizer"] ?? .null,
        "model": [
          "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
          "max_input_chars_per_word": 100, "vocab": ["[UNK]": 0],
        ],
      ]
      let tokenizer = try SubwordFixtures.withDirectory(["tokenizer.json": Data(parts.text().utf8)]) {
        try Tokenizer(directory: $0)
      }
      let expected = try #require(entry["digests"]?.arrayValue).map { $0.stringValue }
      let got = try blocks.map { block in
        crc32(try block.flatMap { try Self.words(of: $0, tokenizer) }.joined(separator: "\n"))
      }
      #expect(got == expected, "\(parts["normalizer"]?.text() ?? "") \(parts["pre_tokenizer"]?.text() ?? "")")
    }
  }

  private static func words(of text: String, _ tokenizer: Tokenizer) throws -> [String] {
    try tokenizer.words(in: text).map { "\($0.offsets.lowerBound) \($0.offsets.upperBound) \($0.text)" }
  }
}
