/// A decoder of a tokenizer.json: turns tokens back into text.
indirect enum Decoder: Sendable {
  case byteLevel
  case byteFallback
  case fuse
  case metaspace(replacement: UInt32, dropsFirst: Bool)
  case wordPiece(WordPieceDecoder)
  case bpe(suffix: [UInt32])
  case strip(content: UInt32, start: Int, stop: Int)
  case replace(Pattern, content: [UInt32])
  case sequence([Decoder])

  init(_ component: ConfigurationComponent) throws(TokenizerError) {
    let type = try component.type()
    switch type {
    case "ByteLevel": self = .byteLevel
    case "ByteFallback": self = .byteFallback
    case "Fuse": self = .fuse
    case "Metaspace":
      let metaspace = try Metaspace(component)
      self = .metaspace(replacement: metaspace.replacement, dropsFirst: metaspace.prependScheme != .never)
    case "WordPiece": self = .wordPiece(try WordPieceDecoder(component))
    case "BPEDecoder": self = .bpe(suffix: try component.member("suffix").string().unicodeScalars.map(\.value))
    case "Strip":
      self = .strip(
        content: try component.member("content").scalar(), start: Int(try component.member("start").index()),
        stop: Int(try component.member("stop").index()))
    case "Replace":
      self = .replace(
        try Pattern(try component.member("pattern")),
        content: try component.member("content").string().unicodeScalars.map(\.value))
    case "Sequence":
      var parts: [Decoder] = []
      for element in try component.member("decoders").elements() { parts.append(try Decoder(element)) }
      self = .sequence(parts)
    default:
      throw component.error(.unsupported, "decoder '\(type)' is not supported")
    }
  }

  /// Rewrites tokens, as scalars, into what their texts joined are the text of.
  func decode(_ tokens: [[UInt32]]) -> [[UInt32]] {
    decode(tokens, limit: Normalizer.limit(count: tokens.reduce(0) { $0 + $1.count }))
  }

  /// - Parameter limit: most scalars of a token; one that a replacement would make longer stays as it is.
  private func decode(_ tokens: [[UInt32]], limit: Int) -> [[UInt32]] {
    switch self {
    case .byteLevel: [Self.scalars(of: tokens.flatMap(Self.bytes))]
    case .byteFallback: Self.joinBytes(tokens)
    case .fuse: [tokens.flatMap { $0 }]
    case .metaspace(let replacement, let dropsFirst):
      tokens.enumerated().map { index, token in
        token.compactMap { $0 != replacement ? $0 : index == 0 && dropsFirst ? nil : 0x20 }
      }
    case .wordPiece(let decoder): decoder.decode(tokens)
    case .bpe(let suffix):
      tokens.enumerated().map { index, token in
        token.replacing(suffix, with: index == tokens.count - 1 ? [] : [0x20])
      }
    case .strip(let content, let start, let stop):
      tokens.map { token in
        let left = token.prefix(start).prefix { $0 == content }.count
        let right = token.dropFirst(left).suffix(stop).reversed().prefix { $0 == content }.count
        return Array(token.dropFirst(left).dropLast(right))
      }
    case .replace(let pattern, let content):
      tokens.map { token in
        var text = NormalizedText(token, 0..<token.count)
        // So does one that the pattern takes too many steps on.
        try? text.replace(pattern, with: content, limit: limit)
        return text.elements.map(\.scalar)
      }
    case .sequence(let parts): parts.reduce(tokens) { $1.decode($0, limit: limit) }
    }
  }

  /// The bytes that a token's letters stand for; its UTF-8 where one of them stands for none.
  private static func bytes(of token: [UInt32]) -> [UInt8] {
    var bytes: [UInt8] = []
    for scalar in token {
      guard let byte = ByteLevelAlphabet.byte(of: scalar) else {
        return Array(text(of: token).utf8)
      }
      bytes.append(byte)
    }
    return bytes
  }

  /// Tokens such as `<0x41>` side by side become the text their bytes spell, or one U+FFFD each where they spell none.
  private static func joinBytes(_ tokens: [[UInt32]]) -> [[UInt32]] {
    var result: [[UInt32]] = []
    var bytes: [UInt8] = []
    func flush() {
      guard !bytes.isEmpty else { return }
      if let text = String(validating: bytes, as: UTF8.self) {
        result.append(text.unicodeScalars.map(\.value))
      } else {
        result += [[UInt32]](repeating: [0xFFFD], count: bytes.count)
      }
      bytes.removeAll()
    }
    for token in tokens {
      if let byte = byte(token) {
        bytes.append(byte)
      } else {
        flush()
        result.append(token)
      }
    }
    flush()
    return result
  }

  private static func byte(_ token: [UInt32]) -> UInt8? {
    guard token.count == 6, token[0] == 0x3C, token[1] == 0x30, token[2] == 0x78, token[5] == 0x3E else { return nil }
    return UInt8(text(of: Array(token[3...4])), radix: 16)
  }

  private static func scalars(of bytes: [UInt8]) -> [UInt32] {
    String(decoding: bytes, as: UTF8.self).unicodeScalars.map(\.value)
  }

  /// Scalars as a string.
  static func text(of scalars: [UInt32]) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars.lazy.compactMap(Unicode.Scalar.init))
    return String(view)
  }
}

extension [UInt32] {
  /// Every occurrence of a pattern replaced, from left to right; an empty pattern has none.
  func replacing(_ pattern: [UInt32], with content: [UInt32]) -> [UInt32] {
    guard let first = pattern.first else { return self }
    var result: [UInt32] = []
    var index = 0
    while index < count {
      if self[index] == first, self[index...].starts(with: pattern) {
        result += content
        index += pattern.count
      } else {
        result.append(self[index])
        index += 1
      }
    }
    return result
  }
}
