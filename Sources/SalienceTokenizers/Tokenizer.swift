/// Turns texts into tokens as the tokenizer.json of a Hugging Face model directory says.
///
/// Ids, tokens, offsets, words, types and the special mask are equal to those of Hugging Face `tokenizers`, and where
/// files beside the tokenizer.json say otherwise, to those that `AutoTokenizer` of `transformers` 5 gives. Of the
/// `truncation` and `padding` members of the file only the sides and the padding token count, as there: a maximum length
/// is an argument.
/// A value is immutable: any number of threads may share one.
public struct Tokenizer: Sendable {
  let normalizer: Normalizer?
  let preTokenizer: PreTokenizer?
  let model: Model
  let added: AddedVocabulary
  let postProcessor: PostProcessor
  let decoder: Decoder?
  let caches = WordCachePool()

  /// Number of different tokens, added ones included.
  public var vocabularySize: Int { model.vocabulary.count + added.newCount }
  let settings: TokenizerSettings
  public let padToken: (String, id: Int32)?
  public let maskToken: (String, id: Int32)?
  public let unknownToken: (String, id: Int32)?
  public let clsToken: (String, id: Int32)?
  public let sepToken: (String, id: Int32)?
  /// The token before a text (`bos_token`), and the one after it, at which generation ends (`eos_token`).
  public let beginToken: (String, id: Int32)?
  public let endToken: (String, id: Int32)?

  /// Longest input of the model in tokens, special tokens included; nil where tokenizer_config.json gives none.
  public var modelMaxLength: Int? { settings.modelMaxLength }
  /// Which end of a text is cut off.
  public var truncationSide: TruncationSide { settings.truncationSide }
  /// Whether padding would stand before a text, as `padding_side` says.
  public var padsLeft: Bool { settings.padsLeft }
  /// Whether tokenizer_config.json lists token types among the model's inputs.
  public var namesTypes: Bool { settings.namesTypes }
  /// Whether the model is given the types of tokens; otherwise all are 0 to it.
  public var givesTypes: Bool { settings.givesTypes }

  /// Reads tokenizer.json and the files beside it: tokenizer_config.json, special_tokens_map.json, added_tokens.json and
  /// config.json.
  ///
  /// Many a tokenizer class of `transformers` takes no more than the vocabulary from a tokenizer.json and builds the rest
  /// by its own settings: BERT's takes letter case, accents and Chinese characters from tokenizer_config.json, those of
  /// GPT-2 and RoBERTa the space before a text. The class is the one that tokenizer_config.json names, or that goes with
  /// config.json's model type.
  /// Without a tokenizer.json it reads `vocab.txt`, `vocab.json` and `merges.txt`, or a SentencePiece
  /// `tokenizer.model`, by the same rules. Special tokens that no file names are those of that class, else BERT's own
  /// (`[PAD]`, `[MASK]`…), where the vocabulary has them.
  /// - Throws: `TokenizerError` naming the file and the component that is missing, wrong or not supported.
  public init(directory: String) throws {
    let stored = try ConfigurationFile.readIfPresent("tokenizer.json", in: directory)
    let special = try SpecialTokens(directory: directory, file: stored)
    let (file, others) = try TokenizerRules.convert(directory: directory, special: special, stored: stored)
    settings = try TokenizerSettings(special, file: stored ?? file)
    let normalizer = try file.optional("normalizer").map { try Normalizer($0) }
    let model = try Model(try file.member("model"))
    preTokenizer = try file.optional("pre_tokenizer").map { try PreTokenizer($0) }
    postProcessor = try file.optional("post_processor").map { try PostProcessor($0) } ?? .plain
    decoder = try file.optional("decoder").map { try Decoder($0) }
    var added = try AddedVocabulary(
      file.optional("added_tokens"), adding: others, vocabulary: model.vocabulary, normalizer: normalizer)
    if settings.splitsSpecialTokens { added.ignoreSpecialTokens() }

    func token(_ role: String, _ standard: String?) -> (String, id: Int32)? {
      func entry(_ text: String) -> (String, id: Int32)? {
        (added.vocabulary.id(of: text) ?? model.vocabulary.id(of: text)).map { (text, $0) }
      }
      return special.tokens[role].flatMap(entry) ?? (special.isNamed(role) ? nil : standard.flatMap(entry))
    }
    padToken = token("pad_token", "[PAD]")
    maskToken = token("mask_token", "[MASK]")
    unknownToken = token("unk_token", model.unknownToken)
    clsToken = token("cls_token", "[CLS]")
    sepToken = token("sep_token", "[SEP]")
    beginToken = token("bos_token", nil)
    endToken = token("eos_token", nil)
    self.normalizer = normalizer
    self.model = model
    self.added = added
  }

  /// The id of a token, compared by Unicode scalars; nil where the vocabulary lacks it.
  public func id(of token: String) -> Int32? {
    added.vocabulary.id(of: token) ?? model.vocabulary.id(of: token)
  }

  /// The token of an id; nil where the vocabulary lacks it.
  public func token(of id: Int32) -> String? {
    added.vocabulary.token(of: id) ?? model.vocabulary.token(of: id)
  }

  /// Encodes a text, or a text and its pair.
  /// - Parameters:
  ///   - maxLength: most tokens of the result, special tokens included; nil for no limit.
  ///   - strategy: what is cut where there are more.
  ///   - addingSpecialTokens: whether the post-processor's special tokens are put in.
  ///
  /// What is cut off stands at the end of a text, or at its beginning where `truncationSide` is left.
  /// - Throws: `TokenizerError` where a word is unknown and there is no unknown token, or where `maxLength` is less
  ///   than the number of special tokens.
  public func encode(
    _ text: String, pair: String? = nil, maxLength: Int? = nil, strategy: TruncationStrategy = .longestFirst,
    addingSpecialTokens: Bool = true
  ) throws -> Encoding {
    let first = try tokenize(text)
    let second = try pair.map { try tokenize($0) }
    let slots = postProcessor.slots(hasPair: pair != nil, addingSpecialTokens: addingSpecialTokens)
    var kept = (first: first.count, second: second?.count ?? 0)
    if let maxLength {
      let added = PostProcessor.specialCount(slots)
      guard maxLength >= added, maxLength >= 0 else {
        throw TokenizerError(
          code: .maximumLength, message: "a maximum length of \(maxLength) leaves no room for \(added) special tokens")
      }
      kept = try strategy.lengths(first: first.count, second: second?.count, limit: maxLength - added)
    }
    var encoding = assemble([first, second ?? TokenizedText()], kept: [kept.first, kept.second], slots)
    encoding.truncated = kept.first < first.count || kept.second < second?.count ?? 0
    return encoding
  }
}
