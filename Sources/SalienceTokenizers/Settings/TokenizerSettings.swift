import SalienceJSON

/// What the files beside a tokenizer.json say of encoding and decoding, and where that does not, the tokenizer.json.
struct TokenizerSettings: Sendable {
  /// Longest input of the model in tokens; nil where the files give none.
  let modelMaxLength: Int?
  let truncationSide: TruncationSide
  /// Whether padding would stand before a text.
  let padsLeft: Bool
  /// Whether the model is given token types other than 0.
  let givesTypes: Bool
  /// Whether tokenizer_config.json itself asks for token types.
  let namesTypes: Bool
  /// Whether special tokens that stand in a text are taken for text.
  let splitsSpecialTokens: Bool
  /// Whether spaces before English punctuation are taken out of decoded text.
  let cleansUp: Bool

  init(_ special: SpecialTokens, file: ConfigurationComponent) throws(TokenizerError) {
    let config = special.config
    modelMaxLength = try config.flatMap { (config) throws(TokenizerError) in try Self.maximumLength(config) }
    func side(_ name: String, _ section: String) throws(TokenizerError) -> TruncationSide? {
      let stated = config?.optional(name) ?? file.optional(section)?.optional("direction")
      return try stated.map { (side) throws(TokenizerError) in try Self.side(side) }
    }
    truncationSide = try side("truncation_side", "truncation") ?? .right
    let padding = try side("padding_side", "padding")
    let family = special.tokenizerClass.family
    padsLeft = padding.map { $0 == .left } ?? (family == .llama || family == .gemma)
    let names = try config?.optional("model_input_names").map { (list) throws(TokenizerError) in
      try list.elements().map { (name) throws(TokenizerError) in try name.string() }
    }
    namesTypes = names?.contains("token_type_ids") == true
    givesTypes = names.map { $0.contains("token_type_ids") } ?? special.tokenizerClass.givesTypes
    func flag(_ name: String) throws(TokenizerError) -> Bool { try config?.bool(name, default: false) ?? false }
    splitsSpecialTokens = try flag("split_special_tokens")
    let asked = try flag("clean_up_tokenization_spaces")
    let always = try flag("clean_up_tokenization_spaces_for_bpe_even_though_it_will_corrupt_output")
    let isBytePairs = try Model.type(of: file.member("model")) == "BPE"
    cleansUp = asked && (!isBytePairs || always)
  }

  private static func maximumLength(_ config: ConfigurationComponent) throws(TokenizerError) -> Int? {
    guard let length = config.optional("model_max_length") ?? config.optional("max_len") else { return nil }
    // Files without a limit hold a number beyond every length, such as 1e30.
    guard let number = length.value.doubleValue, number >= 1, number > Double(Int32.max) || length.value.intValue != nil
    else { throw length.error(.malformed, "expected a whole number above 0") }
    return number > Double(Int32.max) ? nil : length.value.intValue
  }

  private static func side(_ component: ConfigurationComponent) throws(TokenizerError) -> TruncationSide {
    guard let side = TruncationSide(rawValue: try component.string().lowercased()) else {
      throw component.error(.malformed, "expected 'left' or 'right'")
    }
    return side
  }
}

/// Which end of a text is cut off where there is too much of it.
public enum TruncationSide: String, Sendable {
  case left, right
}
