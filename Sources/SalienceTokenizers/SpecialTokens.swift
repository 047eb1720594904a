import SalienceJSON

/// The tokens with a role of their own, as the files beside a tokenizer.json name them.
struct SpecialTokens: Sendable {
  /// The roles, in the order in which Hugging Face `transformers` adds their tokens.
  static let roles = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"]

  /// The token of each role.
  private(set) var tokens: [String: String] = [:]
  /// Longest input of the model in tokens; nil where the files give none.
  private(set) var modelMaxLength: Int?
  /// The family, where it is one that `transformers` knows the special tokens of.
  let family: TokenizerFamily?
  /// The tokenizer's class, which tokenizer_config.json names, else config.json; nil where neither does.
  let tokenizerClass: String?
  let config: ConfigurationComponent?
  private let map: ConfigurationComponent?

  /// Reads tokenizer_config.json, then special_tokens_map.json for what that leaves out, then what goes without saying
  /// for the family.
  init(directory: String) throws(TokenizerError) {
    config = try ConfigurationFile.readIfPresent("tokenizer_config.json", in: directory)
    map = try ConfigurationFile.readIfPresent("special_tokens_map.json", in: directory)
    let model = try ConfigurationFile.readIfPresent("config.json", in: directory)
    tokenizerClass = [config, model].lazy.compactMap { $0?.value["tokenizer_class"]?.stringValue }.first
    family = TokenizerFamily(tokenizerClass: tokenizerClass, modelType: model?.value["model_type"]?.stringValue)
    for (role, token) in family?.specialTokens ?? [] { tokens[role] = token }
    for role in Self.roles {
      guard let entry = entry(role) else { continue }
      tokens[role] = try (entry.optional("content") ?? entry).string()
    }
    // Files without a limit hold a number beyond every length, such as 1e30.
    if let length = config?.optional("model_max_length")?.value.intValue, length > 0, length <= Int(Int32.max) {
      modelMaxLength = length
    }
  }

  /// Names the token of a role that has none.
  mutating func setIfMissing(_ role: String, _ token: String) {
    if tokens[role] == nil { tokens[role] = token }
  }

  /// What the files say of a role: a string, or an object with a `content`.
  func entry(_ role: String) -> ConfigurationComponent? { config?.optional(role) ?? map?.optional(role) }
}
