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

  /// Further special tokens: those of a list, and those of keys of their own such as `image_token`, in that order.
  func others() throws(TokenizerError) -> (listed: [ConfigurationComponent], named: [ConfigurationComponent]) {
    var listed: [ConfigurationComponent] = []
    var named: [ConfigurationComponent] = []
    let key = ["extra_special_tokens", "additional_special_tokens"].first { config?.optional($0)?.isEmpty == false }
    for list in [key.flatMap { config?.optional($0) }, map?.optional("extra_special_tokens")].compactMap(\.self) {
      if list.value.objectValue == nil {
        listed += try list.elements()
      } else {
        for member in try list.members() { named += [list.optional(member.name)].compactMap(\.self) }
      }
    }
    for file in [config, map].compactMap(\.self) {
      for member in try file.members() {
        let isToken = member.value.stringValue != nil || member.value["__type"]?.stringValue == "AddedToken"
        let isOwn = member.name.hasSuffix("_token") && !Self.roles.contains(member.name)
        if isToken, isOwn, let component = file.optional(member.name) { named.append(component) }
      }
    }
    return (listed, named)
  }
}

extension ConfigurationComponent {
  /// Whether it is an array or object without elements.
  fileprivate var isEmpty: Bool { value.arrayValue?.isEmpty ?? value.objectValue?.isEmpty ?? false }
}
