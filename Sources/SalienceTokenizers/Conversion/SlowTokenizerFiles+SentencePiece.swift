import FoundationEssentials
import SalienceJSON

extension SlowTokenizerFiles {
  /// A SentencePiece model.
  func sentencePiece() throws(TokenizerError) -> JSONValue {
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

  private func bytePairs(_ file: SentencePieceModel) throws(TokenizerError) -> JSONValue {
    let tokens = file.pieces.map(\.text)
    var vocabulary = Vocabulary()
    for (id, token) in tokens.enumerated() { vocabulary.add(token, id: Int32(id)) }
    let files = family == .sentencePiece ? named(by: file) : self
    let added = try files.addedTokens(vocabulary: vocabulary, pieces: file.pieces)
    let hasByteFallback = family == .sentencePiece ? file.hasByteFallback : true
    let unknown: JSONValue =
      switch family {
      case .llama: .null
      case .gemma: .string(token("unk_token"))
      default: .string(file.unknownPiece)
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
    default: normalizer = Self.sequence("normalizers", Self.characterMap(file) + [space])
    }
    return [
      "added_tokens": added.tokens, "normalizer": normalizer, "pre_tokenizer": preTokenizer,
      "post_processor": try files.edgeTemplate(added.id),
      "decoder": Self.decoder(hasByteFallback: hasByteFallback, strips: family == .llama && addsPrefixSpace),
      "model": [
        "type": "BPE", "unk_token": unknown, "fuse_unk": true, "byte_fallback": .bool(hasByteFallback),
        "vocab": .object(tokens.enumerated().map { JSONMember(name: $1, value: .integer($0)) }),
        "merges": .array(Self.merges(tokens)),
      ],
    ]
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

  // MARK: Unigram models

  private func unigram(_ file: SentencePieceModel) throws(TokenizerError) -> JSONValue {
    var entries = file.pieces.map { (token: $0.text, score: Double($0.score)) }
    var unknownID = file.unknownID
    if family == .albert { unknownID = 1 }
    if family == .xlmRoberta {
      // The ids of fairseq: four special tokens in place of three, and the mask at the end.
      let roles = ["bos_token", "pad_token", "eos_token", "unk_token"]
      entries = roles.map { (token($0), 0) } + entries.dropFirst(3) + [(token("mask_token"), 0)]
      unknownID = 3
    }
    if family == .camembert {
      let (padding, unknown) = (token("pad_token"), token("unk_token"))
      entries =
        [("<s>NOTUSED", 0), (padding, 0), ("</s>NOTUSED", 0), (unknown, 0), ("<unk>NOTUSED", -100)]
        + entries.dropFirst() + [(token("mask_token"), 0)]
      unknownID = 3
    }
    if family == .debertaV2 {
      // Without such a piece the class takes its own standard.
      let known = entries.firstIndex { $0.token == token("unk_token") && $0.score == 0 }
      unknownID = known ?? unknownID
    }
    let vocabulary = Vocabulary(tokens: entries.map(\.token))
    let files = family == .sentencePiece ? named(by: file) : self
    let added = try files.addedTokens(vocabulary: vocabulary, pieces: file.pieces)
    let hasByteFallback = family == .sentencePiece && file.hasByteFallback
    var value = try files.unigramComponents(file, added.id)
    value.append(JSONMember(name: "added_tokens", value: added.tokens))
    let model: JSONValue = [
      "type": "Unigram", "unk_id": .integer(unknownID), "byte_fallback": .bool(hasByteFallback),
      "vocab": .array(entries.map { [.string($0.token), .double($0.score)] }),
    ]
    value.append(JSONMember(name: "model", value: model))
    return .object(value)
  }

  private func unigramComponents(
    _ file: SentencePieceModel, _ id: (String) -> Int32?
  ) throws(TokenizerError) -> [JSONMember] {
    let lowercase: JSONValue = ["type": "Lowercase"]
    let addsPrefixSpace = try flag("add_prefix_space", default: true)
    var normalizers: [JSONValue] = []
    var preTokenizers: [JSONValue] = []
    var scheme = addsPrefixSpace ? "always" : "never"
    var postProcessor: JSONValue
    switch family {
    case .albert:
      normalizers = ["``", "''"].map { ["type": "Replace", "pattern": ["String": .string($0)], "content": "\""] }
      if !(try flag("keep_accents", default: false)) { normalizers += [["type": "NFKD"], ["type": "StripAccents"]] }
      if try flag("do_lower_case", default: true) { normalizers.append(lowercase) }
      normalizers += Self.characterMap(file)
      preTokenizers = [["type": "WhitespaceSplit"]]
      postProcessor = try bertTemplate(id)
    case .xlmRoberta, .camembert:
      normalizers = Self.characterMap(file)
      preTokenizers = [["type": "WhitespaceSplit"]]
      postProcessor = try template(
        "bos_token:0 A:0 eos_token:0", "bos_token:0 A:0 eos_token:0 eos_token:0 B:0 eos_token:0", id)
    case .debertaV2:
      if try flag("do_lower_case", default: false) { normalizers.append(lowercase) }
      normalizers += [
        ["type": "Replace", "pattern": ["Regex": #"\s{2,}|[\n\r\t]"#], "content": " "], ["type": "NFC"],
        ["type": "Strip", "strip_left": false, "strip_right": true],
      ]
      if try flag("split_by_punct", default: false) {
        preTokenizers.append(["type": "Punctuation", "behavior": "Isolated"])
      }
      if !addsPrefixSpace { scheme = "first" }
      postProcessor = try bertTemplate(id)
    default:
      let space: JSONValue = ["type": "Replace", "pattern": ["String": " "], "content": "▁"]
      return [
        JSONMember(name: "normalizer", value: Self.sequence("normalizers", Self.characterMap(file) + [space])),
        JSONMember(name: "decoder", value: Self.decoder(hasByteFallback: file.hasByteFallback, strips: false)),
        JSONMember(name: "post_processor", value: try edgeTemplate(id)),
      ]
    }
    let metaspace = Self.metaspace(scheme, splits: true)
    return [
      JSONMember(name: "normalizer", value: Self.sequence("normalizers", normalizers)),
      JSONMember(name: "pre_tokenizer", value: Self.sequence("pretokenizers", preTokenizers + [metaspace])),
      JSONMember(name: "decoder", value: metaspace),
      JSONMember(name: "post_processor", value: postProcessor),
    ]
  }

  // MARK: Parts

  /// The special tokens that the model itself names, where the files beside it do not.
  private func named(by file: SentencePieceModel) -> SlowTokenizerFiles {
    var special = special
    if file.beginID >= 0 { special.setIfMissing("bos_token", file.beginPiece) }
    if file.endID >= 0 { special.setIfMissing("eos_token", file.endPiece) }
    if file.unknownID >= 0 { special.setIfMissing("unk_token", file.unknownPiece) }
    return SlowTokenizerFiles(family: family, special: special, path: path, directory: directory)
  }

  private static func sequence(_ name: String, _ parts: [JSONValue]) -> JSONValue {
    .object([JSONMember(name: "type", value: "Sequence"), JSONMember(name: name, value: .array(parts))])
  }

  private static func metaspace(_ scheme: String, splits: Bool) -> JSONValue {
    ["type": "Metaspace", "replacement": "▁", "prepend_scheme": .string(scheme), "split": .bool(splits)]
  }

  private static func characterMap(_ file: SentencePieceModel) -> [JSONValue] {
    guard !file.characterMap.isEmpty else { return [] }
    let text = Data(file.characterMap).base64EncodedString()
    return [["type": "Precompiled", "precompiled_charsmap": .string(text)]]
  }

  private static func decoder(hasByteFallback: Bool, strips: Bool) -> JSONValue {
    var parts: [JSONValue] = [["type": "Replace", "pattern": ["String": "▁"], "content": " "]]
    if hasByteFallback { parts += [["type": "ByteFallback"], ["type": "Fuse"]] }
    if strips { parts.append(["type": "Strip", "content": " ", "start": 1, "stop": 0]) }
    return sequence("decoders", parts)
  }
}
