import Foundation
import SalienceJSON
import SalienceTestSupport
import SalienceTokenizers

/// The reference files of all kinds but WordPiece that Scripts/fixtures/make_tokenizer_fixtures.py writes.
enum SubwordFixtures {
  static let names = [
    "albert", "clip", "deberta-v3", "dropping", "fused", "gemma", "gpt2", "llama2", "llama3", "mistral", "mixed",
    "modernbert", "o200k", "qwen2", "roberta", "roberta-prefix", "single", "unigram-bytes", "xlm-roberta",
  ]

  /// Kinds whose words no other kind has.
  static let namesOfScalars = [
    "albert", "clip", "dropping", "gpt2", "llama3", "mixed", "o200k", "single", "xlm-roberta",
  ]

  static func tokenizer(_ name: String) throws -> Tokenizer {
    try Tokenizer(directory: TokenizerFixtures.folder.appendingPathComponent("subword/\(name)").path)
  }

  static func digests(_ path: String) throws -> [String] { try TokenizerFixtures.digests("subword/\(path)") }

  /// `texts` in blocks of `count`.
  static func blocks(_ texts: [String], _ count: Int) -> [ArraySlice<String>] {
    stride(from: 0, to: texts.count, by: count).map { texts[$0..<min($0 + count, texts.count)] }
  }

  /// Makes a directory of the given files, and deletes it once `body` is done.
  static func withDirectory<Result>(_ files: [String: Data], _ body: (String) throws -> Result) throws -> Result {
    let folder = try TemporaryDirectory()
    for (name, data) in files { try folder.write(name, [UInt8](data)) }
    return try withExtendedLifetime(folder) { try body(folder.path) }
  }
}

/// The numbers that the script which writes the fixtures draws too.
struct LinearCongruentialNumbers {
  var state: UInt64

  mutating func next(below bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }
}

extension Encoding {
  /// One line a token, as the script that writes the digests has it.
  var lines: String {
    (0..<count).map { i in
      var place = "-"
      if let offsets = offsets[i], let word = words[i], !special[i] {
        place = "\(offsets.lowerBound) \(offsets.upperBound) \(word)"
      }
      return "\(ids[i]) \(typeIDs[i]) \(place) \(tokens[i])"
    }.joined(separator: "\n")
  }
}
