/// A text, or a pair of texts, as a model reads it.
///
/// All arrays have one entry per token. Equal to Hugging Face `tokenizers` in every field.
public struct Encoding: Sendable, Equatable {
  public var ids: [Int32]
  /// Token strings as the vocabulary holds them (`##ing`, `[CLS]`).
  public var tokens: [String]
  /// Token type (segment) of each token: 0, or 1 in the second text of a pair.
  public var typeIDs: [Int32]
  /// Whether the post-processor put the token there.
  public var special: [Bool]
  /// Half-open range in Unicode scalars of the token's own text (`sequence`); nil for special tokens.
  public var offsets: [Range<Int>?]
  /// Index of the pre-tokenized word the token came from, within its own text; nil for special tokens.
  public var words: [Int32?]
  /// 0 for the text, 1 for its pair, nil for special tokens.
  public var sequences: [UInt8?]
  /// Whether tokens were cut off to fit the maximum length.
  public var truncated: Bool
  /// Whether the model is given the token types; otherwise all are 0 to it, as in `transformers` where
  /// `model_input_names` lacks `token_type_ids`.
  public var givesTypes: Bool

  /// The token types as the model is given them.
  public var modelTypeIDs: [Int32] { givesTypes ? typeIDs : Array(repeating: 0, count: typeIDs.count) }

  public var count: Int { ids.count }

  public init(
    ids: [Int32] = [], tokens: [String] = [], typeIDs: [Int32] = [], special: [Bool] = [],
    offsets: [Range<Int>?] = [], words: [Int32?] = [], sequences: [UInt8?] = [], truncated: Bool = false,
    givesTypes: Bool = true
  ) {
    self.ids = ids
    self.tokens = tokens
    self.typeIDs = typeIDs
    self.special = special
    self.offsets = offsets
    self.words = words
    self.sequences = sequences
    self.truncated = truncated
    self.givesTypes = givesTypes
  }
}
