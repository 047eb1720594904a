import Foundation
import SalienceJSON
import SalienceTestSupport
import SalienceTokenizers
import Testing

/// The reference files that Scripts/fixtures/make_tokenizer_fixtures.py writes.
enum TokenizerFixtures {
  static let names = [
    "bert-accents", "bert-lowercase-only", "cased", "nfc", "nfd", "nfkc", "nfkd", "none", "uncased",
  ]

  static let folder = Repository.fixtures.appending(path: "tokenizers")

  static func tokenizer(_ name: String) throws -> Tokenizer {
    try Tokenizer(directory: folder.appendingPathComponent(name).path)
  }

  /// The lines of a file, split at line feeds alone.
  static func lines(_ path: String) throws -> [[UInt8]] {
    let data = try Data(contentsOf: folder.appendingPathComponent(path))
    return [UInt8](data).split(separator: 10).map(Array.init)
  }

  static func texts() throws -> [String] {
    try lines("lines.jsonl").map { try #require(try JSONValue(parsing: $0).stringValue) }
  }

  static func digests(_ path: String) throws -> [String] {
    try lines(path).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The scalars of a text in U+ notation, for messages.
  static func notation(_ text: String) -> String {
    text.unicodeScalars.map { "U+" + String($0.value, radix: 16, uppercase: true) }.joined(separator: " ")
  }
}

/// CRC-32 as zlib computes it, in eight hexadecimal digits.
func crc32(_ text: String) -> String {
  var crc: UInt32 = 0xFFFF_FFFF
  for byte in text.utf8 {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
  }
  let digits = String(~crc, radix: 16)
  return String(repeating: "0", count: 8 - digits.count) + digits
}
