/// What tokens stand for as they are written in a vocabulary: WordPiece's `##ing`, the letters that byte-level
/// byte-pair encodings write bytes with (`Ġ` for a space), SentencePiece's `▁` and its bytes (`<0x0A>`).
///
/// A table holds tokens without their tokenizer, so the kind is told by the marks of all of a text's tokens: letters of
/// the byte-level alphabet, of which `č` for one is a carriage return, are letters of words to other tokenizers.
package struct PieceText: Sendable {
  private let isByteLevel: Bool

  /// - Parameter tokens: of a whole text, or of its beginning.
  package init(_ tokens: [String], special: [Bool]) {
    let own = zip(tokens, special).filter { !$0.1 }.map(\.0)
    let hasMark = own.contains { $0.unicodeScalars.first == "\u{120}" || $0.unicodeScalars.first == "\u{10A}" }
    isByteLevel =
      hasMark
      && own.allSatisfy { token in
        !Self.isContinuation(token) && token.unicodeScalars.allSatisfy { ByteLevelAlphabet.byte(of: $0.value) != nil }
      }
  }

  /// The text of neighbouring tokens, white space included; bytes that spell no character become U+FFFD.
  package func text(of tokens: ArraySlice<String>) -> String { String(decoding: bytes(of: tokens), as: UTF8.self) }

  /// The bytes that neighbouring tokens stand for: a token can be part of a character.
  package func bytes(of tokens: ArraySlice<String>) -> [UInt8] {
    var bytes: [UInt8] = []
    if isByteLevel {
      for scalar in tokens.lazy.flatMap(\.unicodeScalars) {
        if let byte = ByteLevelAlphabet.byte(of: scalar.value) { bytes.append(byte) }
      }
      return bytes
    }
    for token in tokens {
      if let byte = Self.byte(of: token) {
        bytes.append(byte)
      } else if Self.isContinuation(token) {
        bytes.append(contentsOf: token.utf8.dropFirst(2))
      } else {
        for scalar in token.unicodeScalars {
          bytes.append(contentsOf: scalar == Self.sentencePieceSpace ? [0x20] : Array(String(scalar).utf8))
        }
      }
    }
    return bytes
  }

  /// Whether the token begins with white space.
  package func beginsWithSpace(_ token: String) -> Bool {
    guard let first = token.unicodeScalars.first else { return false }
    if let byte = Self.byte(of: token) { return Self.isSpace(byte) }
    return isSpace(first)
  }

  /// Whether the token is white space alone.
  package func isBlank(_ token: String) -> Bool {
    if let byte = Self.byte(of: token) { return Self.isSpace(byte) }
    return token.unicodeScalars.allSatisfy(isSpace)
  }

  /// Whether a token that follows another of its word begins one of its own.
  ///
  /// The texts of byte-level tokenizers are always pre-tokenized; white space inside such a word belongs to it.
  package func beginsWord(_ token: String, isGenerated: Bool) -> Bool {
    isGenerated ? beginsWithSpace(token) || Self.isControl(token) : !isByteLevel && beginsWithSpace(token)
  }

  /// Whether the token looks like one that marks something: `</s>`, `<|endoftext|>`, `[SEP]`.
  private static func isControl(_ token: String) -> Bool {
    guard token.utf8.count > 2, byte(of: token) == nil else { return false }
    return (token.utf8.first == UInt8(ascii: "<") && token.utf8.last == UInt8(ascii: ">"))
      || (token.utf8.first == UInt8(ascii: "[") && token.utf8.last == UInt8(ascii: "]"))
  }

  private static let sentencePieceSpace: Unicode.Scalar = "\u{2581}"
  /// Tab, line feed, carriage return and space.
  private static let byteLevelSpaces: Set<Unicode.Scalar> = ["\u{109}", "\u{10A}", "\u{10D}", "\u{120}"]

  private func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    isByteLevel
      ? Self.byteLevelSpaces.contains(scalar) : scalar == Self.sentencePieceSpace || scalar.properties.isWhitespace
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private static func isContinuation(_ token: String) -> Bool {
    token.utf8.count > 2 && token.utf8.starts(with: "##".utf8)
  }

  /// The byte that `<0x0A>` names.
  private static func byte(of token: String) -> UInt8? {
    guard token.utf8.count == 6, token.utf8.starts(with: "<0x".utf8), token.utf8.last == UInt8(ascii: ">") else {
      return nil
    }
    return UInt8(token.dropFirst(3).dropLast(), radix: 16)
  }
}
