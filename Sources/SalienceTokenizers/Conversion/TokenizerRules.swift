import FoundationEssentials
import SalienceJSON

/// What a tokenizer's class makes of a vocabulary: all that a tokenizer.json would hold.
///
/// The rules are those of Hugging Face `transformers` 5 for the class that tokenizer_config.json names, or that goes with
/// config.json's model type. Of a tokenizer.json these classes take the vocabulary, the merges, the character map and,
/// some of them, the post-processor; their own settings decide the rest.
struct TokenizerRules {
  let family: TokenizerFamily
  let special: SpecialTokens
  /// Path of the vocabulary file.
  let path: String
  let directory: String
  /// The tokenizer.json; nil where there is none.
  let stored: ConfigurationComponent?

  /// Reads the directory.
  /// - Returns: what a tokenizer.json would hold, and the tokens that are added to its vocabulary.
  /// - Throws: `TokenizerError` naming the file that is missing or wrong, or the families that are supported.
  static func convert(
    directory: String, special: SpecialTokens, stored: ConfigurationComponent?
  ) throws(TokenizerError) -> (file: ConfigurationComponent, added: [AddedToken]) {
    let added = try special.addedTokens(file: stored, directory: directory)
    if let stored, special.tokenizerClass.family ?? .sentencePiece == .sentencePiece {
      try special.tokenizerClass.requireKnown()
      return (stored, added)
    }
    guard let family = special.tokenizerClass.family else {
      let known = TokenizerFamily.allCases.filter { $0 != .sentencePiece }.map(\.rawValue).joined(separator: ", ")
      let reason =
        special.tokenizerClass.name.map { "a tokenizer_class '\($0)' is not read without it; those that are" }
        ?? "neither tokenizer_config.json nor config.json names a tokenizer that is read without it"
      throw TokenizerError(
        code: .unreadable, message: "no such file, and \(reason): \(known)",
        file: ConfigurationFile.path(of: "tokenizer.json", in: directory))
    }
    let paths = family.vocabularyFiles.map { ConfigurationFile.path(of: $0, in: directory) }
    guard let path = stored?.file ?? paths.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
      throw TokenizerError(
        code: .unreadable, message: "no such file, nor \(family.vocabularyFiles.joined(separator: ", "))",
        file: ConfigurationFile.path(of: "tokenizer.json", in: directory))
    }
    let rules = TokenizerRules(family: family, special: special, path: path, directory: directory, stored: stored)
    let built =
      switch family {
      case .bert: try rules.wordPiece(added)
      case .gpt2, .roberta, .qwen2: try rules.byteLevel(added)
      default: try rules.sentencePiece(added)
      }
    return (ConfigurationComponent(value: built.file, file: path, path: ""), built.added)
  }

  /// What the functions of the families return.
  typealias Built = (file: JSONValue, added: [AddedToken])

  func flag(_ name: String, default standard: Bool) throws(TokenizerError) -> Bool {
    try special.config?.bool(name, default: standard) ?? standard
  }

  /// The token of a role, which the family always has.
  func token(_ role: String) -> String { special.tokens[role] ?? "" }

  /// The model of the tokenizer.json; nil where there is none.
  /// - Throws: `TokenizerError` where it is not of the kind that the class builds.
  func storedModel(_ kind: String) throws(TokenizerError) -> ConfigurationComponent? {
    guard let model = try stored?.member("model") else { return nil }
    let own = try Model.type(of: model)
    guard own == kind else {
      throw model.error(.unsupported, "a tokenizer of class '\(family.rawValue)' has a \(kind) model, not \(own)")
    }
    return model
  }

  /// A function from tokens to the ids that they have once the added ones are there.
  func ids(_ added: [AddedToken], over vocabulary: Vocabulary) -> (String) -> Int32? {
    let ids = AddedVocabulary.ids(of: added, over: vocabulary)
    return { ids.id(of: $0) ?? vocabulary.id(of: $0) }
  }

  // MARK: Post-processors

  /// The post-processor of the tokenizer.json, which some classes keep; nil where it has none.
  var storedPostProcessor: JSONValue? { stored?.optional("post_processor")?.value }

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
    // Beside a tokenizer.json these settings do not count.
    func adds(_ setting: String, _ role: String) throws(TokenizerError) -> Bool {
      guard stored == nil, special.tokens[role] != nil else { return false }
      return try flag(setting, default: false)
    }
    let begins = try adds("add_bos_token", "bos_token")
    let ends = try adds("add_eos_token", "eos_token")
    func part(_ text: String, _ type: Int) -> String {
      "\(begins ? "bos_token:\(type) " : "")\(text):\(type)\(ends ? " eos_token:\(type)" : "")"
    }
    return try template(part("A", 0), "\(part("A", 0)) \(part("B", 1))", id)
  }
}
