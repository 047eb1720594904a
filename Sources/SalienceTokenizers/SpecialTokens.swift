import SalienceJSON

/// The tokens with a role of their own, as the files beside a tokenizer.json name them.
struct SpecialTokens: Sendable {
  var pad: String?
  var mask: String?
  var unknown: String?
  var cls: String?
  var sep: String?
  /// Longest input of the model in tokens; nil where the files give none.
  var modelMaxLength: Int?

  /// Reads tokenizer_config.json, then special_tokens_map.json for what that leaves out.
  init(directory: String) throws(TokenizerError) {
    let config = try ConfigurationFile.readIfPresent("tokenizer_config.json", in: directory)
    let map = try ConfigurationFile.readIfPresent("special_tokens_map.json", in: directory)
    func token(_ name: String) throws(TokenizerError) -> String? {
      for file in [config, map] {
        guard let entry = file?.optional(name) else { continue }
        return try (entry.optional("content") ?? entry).string()
      }
      return nil
    }
    pad = try token("pad_token")
    mask = try token("mask_token")
    unknown = try token("unk_token")
    cls = try token("cls_token")
    sep = try token("sep_token")
    // Files without a limit hold a number beyond every length, such as 1e30.
    if let length = config?.optional("model_max_length")?.value.intValue, length > 0, length <= Int(Int32.max) {
      modelMaxLength = length
    }
  }
}
