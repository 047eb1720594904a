import SalienceJSON

/// The tokens with a role of their own, as the files beside a tokenizer.json name them.
///
/// tokenizer_config.json names them, and special_tokens_map.json goes before it; but where tokenizer_config.json has
/// `added_tokens_decoder`, it alone counts. So it is in `transformers` 5.
struct SpecialTokens: Sendable {
  /// The roles, in the order in which Hugging Face `transformers` adds their tokens.
  static let roles = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"]

  /// The token of each role.
  private(set) var tokens: [String: String] = [:]
  /// The class whose rules count.
  let tokenizerClass: TokenizerClass
  let config: ConfigurationComponent?
  private let map: ConfigurationComponent?

  /// Reads tokenizer_config.json, special_tokens_map.json, then what goes without saying for the class.
  ///
  /// - Parameter file: the tokenizer.json; nil where there is none.
  init(directory: String, file: ConfigurationComponent?) throws(TokenizerError) {
    config = try ConfigurationFile.readIfPresent("tokenizer_config.json", in: directory)
    let listsAdded = config?.optional("added_tokens_decoder") != nil
    map = listsAdded ? nil : try ConfigurationFile.readIfPresent("special_tokens_map.json", in: directory)
    tokenizerClass = TokenizerClass(
      config: config, model: try ConfigurationFile.readIfPresent("config.json", in: directory), file: file)
    for (role, token) in tokenizerClass.family?.specialTokens ?? [] { tokens[role] = token }
    for role in Self.roles where isNamed(role) {
      guard let entry = entry(role) else {
        tokens[role] = nil
        continue
      }
      tokens[role] = try (entry.optional("content") ?? entry).string()
    }
    // A padding section names the token too, except to the classes that hand their own on.
    let takesPadding = tokenizerClass.family.map { $0 == .sentencePiece || $0 == .llama } ?? true
    if let padding = file?.optional("padding"), takesPadding, !isNamed("pad_token") {
      tokens["pad_token"] = try padding.optional("pad_token")?.string()
    }
  }

  /// Names the token of a role that has none.
  mutating func setIfMissing(_ role: String, _ token: String) {
    if tokens[role] == nil { tokens[role] = token }
  }

  /// Whether the files speak of a role, were it to say that there is no such token.
  func isNamed(_ role: String) -> Bool { map?.value[role] != nil || config?.value[role] != nil }

  /// What the files say of a role: a string, or an object with a `content`.
  func entry(_ role: String) -> ConfigurationComponent? {
    map?.value[role] != nil ? map?.optional(role) : config?.optional(role)
  }

  /// Whether special_tokens_map.json is what names a role.
  func isOfMap(_ role: String) -> Bool { map?.value[role] != nil }

  /// Special tokens without a role.
  struct Others {
    /// Those of a list.
    var listed: [ConfigurationComponent] = []
    /// Those that take the list's place where nothing sets it: of special_tokens_map.json, or of the class.
    var standard: [AddedToken] = []
    /// Those of keys of their own, such as `image_token`.
    var named: [ConfigurationComponent] = []
  }

  func others() throws(TokenizerError) -> Others {
    let (extra, older) = ("extra_special_tokens", "additional_special_tokens")
    var others = Others()
    let key = [extra, older].first { config?.optional($0)?.isEmpty == false }
    for list in [key.flatMap { config?.optional($0) }, map?.optional(extra)].compactMap(\.self) {
      if list.value.objectValue == nil {
        others.listed += try list.elements()
      } else {
        for member in try list.members() { others.named += [list.optional(member.name)].compactMap(\.self) }
      }
    }
    if config?.value[extra] == nil, config?.value[older] == nil, map?.value[extra] == nil {
      for element in try map?.optional(older)?.elements() ?? [] { others.standard.append(try AddedToken(element)) }
      if map?.value[older] == nil, tokenizerClass.family == .camembert {
        others.standard = ["<s>NOTUSED", "</s>NOTUSED", "<unk>NOTUSED"].map { AddedToken($0) }
      }
    }
    for file in [config, map].compactMap(\.self) {
      for member in try file.members() {
        let isToken = member.value.stringValue != nil || member.value["__type"]?.stringValue == "AddedToken"
        let isOwn = member.name.hasSuffix("_token") && !Self.roles.contains(member.name)
        if isToken, isOwn, let component = file.optional(member.name) { others.named.append(component) }
      }
    }
    return others
  }
}

extension ConfigurationComponent {
  /// Whether it is an array or object without elements.
  fileprivate var isEmpty: Bool { value.arrayValue?.isEmpty ?? value.objectValue?.isEmpty ?? false }
}
