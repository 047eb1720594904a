import SalienceJSON

extension TokenizerRules {
  func storedUnigram(_ added: [AddedToken]) throws(TokenizerError) -> Built {
    guard let model = try storedModel("Unigram") else { return (.null, added) }
    var entries: [(token: String, score: Double)] = []
    for element in try model.member("vocab").elements() {
      let pair = try element.elements()
      guard pair.count == 2, let score = pair[1].value.doubleValue else {
        throw element.error(.malformed, "expected a token and its score")
      }
      entries.append((try pair[0].string(), score))
    }
    let unknown = token("unk_token")
    let unknownID: Int
    switch family {
    case .albert: unknownID = 1
    case .camembert: unknownID = entries.firstIndex { $0.token.isIdentical(to: unknown) } ?? 0
    case .debertaV2:
      let stated = try special.config?.optional("unk_id")?.index()
      unknownID = entries.firstIndex { $0.token.isIdentical(to: unknown) && $0.score == 0 } ?? stated.map(Int.init) ?? 1
    default: unknownID = 3
    }
    return try unigram(entries, unknownID: unknownID, file: nil, added: added)
  }

  func unigram(_ file: SentencePieceModel) throws(TokenizerError) -> Built {
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
    let files = family == .sentencePiece ? named(by: file) : self
    return try files.unigram(entries, unknownID: unknownID, file: file, added: files.addedTokens(of: file))
  }

  private func unigram(
    _ entries: [(token: String, score: Double)], unknownID: Int, file: SentencePieceModel?, added: [AddedToken]
  ) throws(TokenizerError) -> Built {
    let id = ids(added, over: Vocabulary(tokens: entries.map(\.token)))
    let hasByteFallback = family == .sentencePiece && file?.hasByteFallback == true
    var value = try unigramComponents(file, id)
    let model: JSONValue = [
      "type": "Unigram", "unk_id": .integer(unknownID), "byte_fallback": .bool(hasByteFallback),
      "vocab": .array(entries.map { [.string($0.token), .double($0.score)] }),
    ]
    value.append(JSONMember(name: "model", value: model))
    return (.object(value), added)
  }

  private func unigramComponents(
    _ file: SentencePieceModel?, _ id: (String) -> Int32?
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
      normalizers += characterMap(file)
      preTokenizers = [["type": "WhitespaceSplit"]]
      let own = try bertTemplate(id)
      postProcessor = storedPostProcessor ?? own
    case .xlmRoberta, .camembert:
      normalizers = characterMap(file)
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
        JSONMember(name: "normalizer", value: Self.sequence("normalizers", characterMap(file) + [space])),
        JSONMember(name: "decoder", value: Self.decoder(hasByteFallback: file?.hasByteFallback == true, strips: false)),
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
}
