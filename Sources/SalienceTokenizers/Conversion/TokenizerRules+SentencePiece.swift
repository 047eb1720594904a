import FoundationEssentials
import SalienceJSON

extension TokenizerRules {
  /// A vocabulary of SentencePiece: that of the tokenizer.json, or a tokenizer.model.
  func sentencePiece(_ added: [AddedToken]) throws(TokenizerError) -> Built {
    if stored != nil {
      switch family {
      case .llama, .gemma: return try storedBytePairs(added)
      default: return try storedUnigram(added)
      }
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw TokenizerError(code: .unreadable, message: "cannot be read", file: path)
    }
    guard let file = SentencePieceModel([UInt8](data)) else {
      throw TokenizerError(code: .malformed, message: "no SentencePiece model", file: path)
    }
    let isUnigram =
      switch family {
      case .albert, .xlmRoberta, .camembert, .debertaV2: true
      case .sentencePiece: file.isUnigram
      default: false
      }
    return isUnigram ? try unigram(file) : try bytePairs(file)
  }

  // MARK: Byte-pair encodings

  private func storedBytePairs(_ added: [AddedToken]) throws(TokenizerError) -> Built {
    guard let model = try storedModel("BPE") else { return (.null, added) }
    let entries = try model.member("vocab")
    return try bytePairs(
      entries.value, merges: model.member("merges").value, hasByteFallback: true, file: nil, added: added,
      id: ids(added, over: Vocabulary(entries)))
  }

  private func bytePairs(_ file: SentencePieceModel) throws(TokenizerError) -> Built {
    let tokens = file.pieces.map(\.text)
    var vocabulary = Vocabulary()
    for (id, token) in tokens.enumerated() { vocabulary.add(token, id: Int32(id)) }
    let files = family == .sentencePiece ? named(by: file) : self
    let added = try files.addedTokens(of: file)
    return try files.bytePairs(
      .object(tokens.enumerated().map { JSONMember(name: $1, value: .integer($0)) }),
      merges: .array(Self.merges(tokens)), hasByteFallback: family == .sentencePiece ? file.hasByteFallback : true,
      file: file, added: added, id: ids(added, over: vocabulary))
  }

  /// - Parameters:
  ///   - vocabulary: an object of ids by token.
  ///   - file: the SentencePiece model that the vocabulary is of; nil where it is a tokenizer.json's.
  ///   - id: the id of a token, the added ones included.
  private func bytePairs(
    _ vocabulary: JSONValue, merges: JSONValue, hasByteFallback: Bool, file: SentencePieceModel?, added: [AddedToken],
    id: (String) -> Int32?
  ) throws(TokenizerError) -> Built {
    let unknown: JSONValue =
      switch family {
      case .llama: .null
      case .gemma: .string(token("unk_token"))
      default: file.map { .string($0.unknownPiece) } ?? .null
      }
    let space: JSONValue = ["type": "Replace", "pattern": ["String": " "], "content": "▁"]
    let addsPrefixSpace = try flag("add_prefix_space", default: true)
    var normalizer = space
    var preTokenizer = JSONValue.null
    switch family {
    case .llama:
      normalizer = .null
      let scheme = !addsPrefixSpace ? "never" : try flag("legacy", default: false) ? "always" : "first"
      preTokenizer = Self.metaspace(scheme, splits: false)
    case .gemma:
      preTokenizer = ["type": "Split", "pattern": ["String": " "], "behavior": "MergedWithPrevious", "invert": false]
    default: normalizer = Self.sequence("normalizers", characterMap(file) + [space])
    }
    let edges = try edgeTemplate(id)
    let value: JSONValue = [
      "normalizer": normalizer, "pre_tokenizer": preTokenizer,
      "post_processor": storedPostProcessor ?? edges,
      "decoder": Self.decoder(hasByteFallback: hasByteFallback, strips: family == .llama && addsPrefixSpace),
      "model": [
        "type": "BPE", "unk_token": unknown, "fuse_unk": true, "byte_fallback": .bool(hasByteFallback),
        "vocab": vocabulary, "merges": merges,
      ],
    ]
    return (value, added)
  }

  /// Every way to put a token together from two others, in the order of the tokens, shorter first parts first.
  private static func merges(_ tokens: [String]) -> [JSONValue] {
    let vocabulary = Vocabulary(tokens: tokens)
    var merges: [JSONValue] = []
    for (id, token) in tokens.enumerated() {
      let scalars = token.unicodeScalars.map(\.value)
      // Of equal tokens the last has the id.
      guard vocabulary.entry(of: scalars) == Int32(id), scalars.count > 1 else { continue }
      for cut in 1..<scalars.count {
        let (first, second) = (Array(scalars[..<cut]), Array(scalars[cut...]))
        guard vocabulary.entry(of: first) != nil, vocabulary.entry(of: second) != nil else { continue }
        merges.append([.string(Decoder.text(of: first)), .string(Decoder.text(of: second))])
      }
    }
    return merges
  }

  // MARK: Parts

  /// The special tokens that the model itself names, where the files beside it do not.
  func named(by file: SentencePieceModel) -> TokenizerRules {
    var special = special
    if file.beginID >= 0 { special.setIfMissing("bos_token", file.beginPiece) }
    if file.endID >= 0 { special.setIfMissing("eos_token", file.endPiece) }
    if file.unknownID >= 0 { special.setIfMissing("unk_token", file.unknownPiece) }
    return TokenizerRules(family: family, special: special, path: path, directory: directory, stored: stored)
  }

  static func sequence(_ name: String, _ parts: [JSONValue]) -> JSONValue {
    .object([JSONMember(name: "type", value: "Sequence"), JSONMember(name: name, value: .array(parts))])
  }

  static func metaspace(_ scheme: String, splits: Bool) -> JSONValue {
    ["type": "Metaspace", "replacement": "▁", "prepend_scheme": .string(scheme), "split": .bool(splits)]
  }

  /// The character map of a SentencePiece model, or the one among the tokenizer.json's normalizers.
  func characterMap(_ file: SentencePieceModel?) -> [JSONValue] {
    guard let file else {
      let normalizer = stored?.optional("normalizer")?.value
      let all = normalizer?["normalizers"]?.arrayValue ?? [normalizer].compactMap(\.self)
      return Array(all.filter { $0["type"]?.stringValue == "Precompiled" }.prefix(1))
    }
    guard !file.characterMap.isEmpty else { return [] }
    let text = Data(file.characterMap).base64EncodedString()
    return [["type": "Precompiled", "precompiled_charsmap": .string(text)]]
  }

  /// The tokens that the directory's files add, and then the pieces of the model that are found as they stand.
  func addedTokens(of file: SentencePieceModel) throws(TokenizerError) -> [AddedToken] {
    var added = try special.addedTokens(file: nil, directory: directory)
    for piece in file.pieces where piece.kind == .control || piece.kind == .userDefined {
      if added.contains(where: { $0.content.isIdentical(to: piece.text) }) { continue }
      var token = AddedToken(piece.text, isSpecial: piece.kind == .control)
      token.isNormalized = false
      added.append(token)
    }
    return added
  }

  static func decoder(hasByteFallback: Bool, strips: Bool) -> JSONValue {
    var parts: [JSONValue] = [["type": "Replace", "pattern": ["String": "▁"], "content": " "]]
    if hasByteFallback { parts += [["type": "ByteFallback"], ["type": "Fuse"]] }
    if strips { parts.append(["type": "Strip", "content": " ", "start": 1, "stop": 0]) }
    return sequence("decoders", parts)
  }
}
