import SalienceTokenizers
import Testing

/// Every line of the fixture against Hugging Face `tokenizers`, by digest.
@Suite struct ReferenceLineTests {
  @Test(arguments: TokenizerFixtures.names)
  func everyLineEqualsTheReference(name: String) throws {
    let tokenizer = try TokenizerFixtures.tokenizer(name)
    let lines = try TokenizerFixtures.texts().map { crc32(try tokenizer.encode($0).lines) }
    try LineDigests(kind: .encodings, name: name).expect(lines)
  }

  /// Every Unicode scalar, between letters and under marks: normalization, splitting and offsets.
  @Test(arguments: TokenizerFixtures.names)
  func everyScalarEqualsTheReference(name: String) throws {
    let tokenizer = try TokenizerFixtures.tokenizer(name)
    let expected = try TokenizerFixtures.digests("\(name)/scalars.txt")
    try #require(expected.count == 0x110000 / 4096)
    for (block, digest) in expected.enumerated() {
      var parts: [String] = []
      for value in UInt32(block * 4096)..<UInt32(block * 4096 + 4096) {
        guard let scalar = Unicode.Scalar(value) else { continue }
        for text in ["a\(scalar)b", "\(scalar)\u{316}\u{301}"] {
          for word in try tokenizer.words(in: text) {
            parts.append("\(word.offsets.lowerBound) \(word.offsets.upperBound) \(word.text)")
          }
        }
      }
      let got = crc32(parts.joined(separator: "\n"))
      #expect(got == digest, "\(name), scalars from U+\(String(block * 4096, radix: 16)) on")
    }
  }
}
