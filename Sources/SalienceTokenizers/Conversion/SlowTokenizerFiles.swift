import FoundationEssentials
import SalienceJSON

/// The files of a model directory without a tokenizer.json, turned into what its tokenizer.json would hold.
///
/// The rules are those of Hugging Face `transformers` 5 for the tokenizer class that tokenizer_config.json names, or
/// that goes with config.json's model type.
struct SlowTokenizerFiles {
  let family: TokenizerFamily
  let special: SpecialTokens
  /// Path of the vocabulary file.
  let path: String
  let directory: String

  /// Reads the directory.
  /// - Throws: `TokenizerError` naming the file that is missing or wrong, or the families that are supported.
  static func convert(directory: String, special: SpecialTokens) throws(TokenizerError) -> ConfigurationComponent {
    guard let family = special.family else {
      let known = TokenizerFamily.allCases.filter { $0 != .sentencePiece }.map(\.rawValue).joined(separator: ", ")
      let reason =
        special.tokenizerClass.map { "a tokenizer_class '\($0)' is not read without it; those that are" }
        ?? "neither tokenizer_config.json nor config.json names a tokenizer that is read without it"
      throw TokenizerError(
        code: .unreadable, message: "no such file, and \(reason): \(known)",
        file: ConfigurationFile.path(of: "tokenizer.json", in: directory))
    }
    let paths = family.vocabularyFiles.map { ConfigurationFile.path(of: $0, in: directory) }
    guard let path = paths.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
      throw TokenizerError(
        code: .unreadable, message: "no such file, nor \(family.vocabularyFiles.joined(separator: ", "))",
        file: ConfigurationFile.path(of: "tokenizer.json", in: directory))
    }
    let files = SlowTokenizerFiles(family: family, special: special, path: path, directory: directory)
    let value =
      switch family {
      case .bert: try files.wordPiece()
      case .gpt2, .roberta, .qwen2: try files.byteLevel()
      default: try files.sentencePiece()
      }
    return ConfigurationComponent(value: value, file: path, path: "")
  }

  func flag(_ name: String, default standard: Bool) throws(TokenizerError) -> Bool {
    try special.config?.bool(name, default: standard) ?? standard
  }

  /// The token of a role, which the family always has.
  func token(_ role: String) -> String { special.tokens[role] ?? "" }

  // MARK: Added tokens

  /// The members `added_tokens` of the file and, by content, their ids.
  func addedTokens(
    vocabulary: Vocabulary, pieces: [SentencePieceModel.Piece] = []
  ) throws(TokenizerError) -> (tokens: JSONValue, id: (String) -> Int32?) {
    var tokens: [(content: String, members: [JSONMember])] = []
    func add(_ content: String, _ members: [JSONMember]) {
      if !tokens.contains(where: { $0.content.unicodeScalars.elementsEqual(content.unicodeScalars) }) {
        tokens.append((content, members))
      }
    }
    for member in try special.config?.optional("added_tokens_decoder")?.numbered() ?? [] {
      add(
        try member.member("content").string(),
        try Self.attributes(member, isSpecial: try member.bool("special", default: false)))
    }
    if special.config?.optional("added_tokens_decoder") == nil,
      let older = try ConfigurationFile.readIfPresent("added_tokens.json", in: directory)
    {
      let ids = try Vocabulary(older)
      for (token, _) in zip(ids.tokens, ids.ids).sorted(by: { $0.1 < $1.1 }) {
        // Normalized unless a file, and not the class alone, names it for a role.
        let roles = special.tokens.filter { $0.value == token }.keys
        let isNamed = roles.contains { special.entry($0) != nil }
        add(token, try Self.attributes(nil, isSpecial: !roles.isEmpty, isNormalized: !isNamed))
      }
    }
    for role in SpecialTokens.roles {
      guard let content = special.tokens[role] else { continue }
      let entry = special.entry(role)
      let attributes = entry?.optional("content") == nil ? nil : entry
      add(content, try Self.attributes(attributes, isSpecial: true))
    }
    for piece in pieces where piece.kind == .control || piece.kind == .userDefined {
      add(piece.text, try Self.attributes(nil, isSpecial: piece.kind == .control))
    }
    var ids = Vocabulary()
    var next = Int32(vocabulary.count)
    var list: [JSONValue] = []
    for (content, members) in tokens {
      let known = vocabulary.id(of: content)
      let id = known ?? next
      if known == nil { next += 1 }
      ids.add(content, id: id)
      let own = [
        JSONMember(name: "id", value: .integer(id)), JSONMember(name: "content", value: .string(content)),
      ]
      list.append(.object(own + members))
    }
    return (.array(list), { [ids] in ids.id(of: $0) ?? vocabulary.id(of: $0) })
  }

  private static func attributes(
    _ component: ConfigurationComponent?, isSpecial: Bool, isNormalized: Bool = false
  ) throws(TokenizerError) -> [JSONMember] {
    var members = [JSONMember(name: "special", value: .bool(isSpecial))]
    for name in ["single_word", "lstrip", "rstrip", "normalized"] {
      let standard = name == "normalized" && isNormalized
      members.append(JSONMember(name: name, value: .bool(try component?.bool(name, default: standard) ?? standard)))
    }
    return members
  }

  // MARK: Post-processors

  /// A template with the two special tokens where `[CLS]` and `[SEP]` stand for BERT.
  func template(
    _ single: String, _ pair: String, _ id: (String) -> Int32?
  ) throws(TokenizerError) -> JSONValue {
    var specials: [JSONMember] = []
    func slots(_ text: String) -> JSONValue {
      .array(
        text.split(separator: " ").map { word in
          let parts = word.split(separator: ":")
          let typeID = JSONValue.integer(Int(parts.last ?? "") ?? 0)
          let role = String(parts.first ?? "")
          if role == "A" || role == "B" { return ["Sequence": ["id": .string(role), "type_id": typeID]] }
          let token = self.token(role)
          if !specials.contains(where: { $0.name == token }), let id = id(token) {
            let definition: JSONValue = ["ids": [.integer(id)], "tokens": [.string(token)]]
            specials.append(JSONMember(name: token, value: definition))
          }
          return ["SpecialToken": ["id": .string(token), "type_id": typeID]]
        })
    }
    let (single, pair) = (slots(single), slots(pair))
    return [
      "type": "TemplateProcessing", "single": single, "pair": pair, "special_tokens": .object(specials),
    ]
  }

  /// BERT's template.
  func bertTemplate(_ id: (String) -> Int32?) throws(TokenizerError) -> JSONValue {
    try template(
      "cls_token:0 A:0 sep_token:0", "cls_token:0 A:0 sep_token:0 B:1 sep_token:1", id)
  }

  /// The texts alone, or with the tokens of beginning and end that `add_bos_token` and `add_eos_token` ask for.
  func edgeTemplate(_ id: (String) -> Int32?) throws(TokenizerError) -> JSONValue {
    let begins = try flag("add_bos_token", default: false) && special.tokens["bos_token"] != nil
    let ends = try flag("add_eos_token", default: false) && special.tokens["eos_token"] != nil
    func part(_ text: String, _ type: Int) -> String {
      "\(begins ? "bos_token:\(type) " : "")\(text):\(type)\(ends ? " eos_token:\(type)" : "")"
    }
    return try template(part("A", 0), "\(part("A", 0)) \(part("B", 1))", id)
  }
}

extension ConfigurationComponent {
  /// The members of an object whose names are numbers, in the order of these.
  fileprivate func numbered() throws(TokenizerError) -> [ConfigurationComponent] {
    let members = try members().sorted { Int($0.name) ?? .max < Int($1.name) ?? .max }
    return members.map { ConfigurationComponent(value: $0.value, file: file, path: "\(path).\($0.name)") }
  }
}
