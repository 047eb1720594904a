import SalienceJSON

/// Which class of `transformers` 5 a model directory's tokenizer is, as its `AutoTokenizer` decides it.
struct TokenizerClass: Sendable {
  /// The class's family.
  ///
  /// `sentencePiece` is the class that takes a tokenizer.json as it stands. nil where nothing names one, or where it is
  /// none of those that are known here.
  let family: TokenizerFamily?
  /// The name in tokenizer_config.json, else in config.json; nil where neither has one.
  let name: String?
  /// What the family is named by, for messages.
  let source: ConfigurationComponent?
  /// Whether `transformers` has a class of that name whose rules are not known here.
  let isForeign: Bool
  /// Whether the class gives the model the token types unless told otherwise.
  let givesTypes: Bool

  /// Classes that are another under a second name, and the other's name.
  private static let aliases = [
    "DistilBertTokenizer": "BertTokenizer", "ElectraTokenizer": "BertTokenizer", "LayoutLMTokenizer": "BertTokenizer",
    "LxmertTokenizer": "BertTokenizer", "MobileBertTokenizer": "BertTokenizer", "SqueezeBertTokenizer": "BertTokenizer",
    "BartTokenizer": "RobertaTokenizer", "LEDTokenizer": "RobertaTokenizer", "LongformerTokenizer": "RobertaTokenizer",
    "MvpTokenizer": "RobertaTokenizer",
  ]

  /// The classes of `transformers` 5.23.0 that build a tokenizer by rules of their own, but for those known here.
  ///
  /// Any other name is the class that takes a tokenizer.json as it stands.
  private static let foreign: Set = [
    "Barthez", "Bartpho", "BertGeneration", "BertJapanese", "Bertweet", "BigBird", "BioGpt", "BlenderbotSmall",
    "Blenderbot", "ByT5", "CLIP", "CTRL", "Canine", "Clvp", "CodeGen", "CodeLlama", "Cohere", "CpmAnt", "Cpm",
    "Deberta", "Dia", "Esm", "Esmc", "FSMT", "FastSpeech2Conformer", "Flaubert", "Funnel", "GPTNeoXJapanese",
    "GPTNeoX", "GPTSw3", "Herbert", "Lasr", "LayoutLMv2", "LayoutLMv3", "LayoutXLM", "Luke", "M2M100", "MBart50",
    "MBart", "MLuke", "MPNet", "Marian", "MarkupLM", "Mgpstr", "MyT5", "Nllb", "Nougat", "OpenAIGPT", "PLBart",
    "Pegasus", "Perceiver", "Phobert", "Pop2Piano", "ProphetNet", "Qwen3_5", "Rag", "Reformer", "RemBert", "RoCBert",
    "RoFormer", "SeamlessM4T", "Siglip2", "Siglip", "Speech2Text", "SpeechT5", "Splinter", "T5", "Tapas", "Tipsv2",
    "Udop", "VideoPrism", "Vits", "Wav2Vec2CTC", "Wav2Vec2PhonemeCTC", "Whisper", "XGLM", "XLM", "XLNet",
  ]

  init(config: ConfigurationComponent?, model: ConfigurationComponent?, file: ConfigurationComponent?) {
    let named = [config, model].lazy.compactMap { $0?.optional("tokenizer_class") }
      .first { $0.value.stringValue != nil }
    let type = model?.optional("model_type")
    name = named?.value.stringValue
    let plain = name.map { $0.hasSuffix("Fast") ? String($0.dropLast(4)) : $0 }
    let registered = TokenizerFamily(modelType: type?.value.stringValue)
    let known = plain.flatMap { TokenizerFamily(rawValue: Self.aliases[$0] ?? $0) }
    isForeign = plain.map { $0.hasSuffix("Tokenizer") && Self.foreign.contains(String($0.dropLast(9))) } ?? false
    let isStored = file != nil
    var source = named
    switch (known, registered) {
    // Byte-level files that call themselves Llama's are taken as they stand.
    case (.llama?, _) where file.map(Self.isByteLevel) == true: family = .sentencePiece
    // Known to be named wrongly in many a directory.
    case (_?, .qwen2?) where type?.value.stringValue == "qwen2": (family, source) = (.qwen2, type)
    case (nil, .qwen2?) where type?.value.stringValue == "qwen2": (family, source) = (.qwen2, type)
    case (_, .sentencePiece?) where type?.value.stringValue == "modernbert": family = .sentencePiece
    case (let known?, _): family = known
    case (nil, _) where plain != nil: family = isStored && !isForeign ? .sentencePiece : nil
    case (nil, let registered): (family, source) = (registered, type)
    }
    self.source = source
    givesTypes = (family == .bert && plain != "DistilBertTokenizer") || family == .debertaV2
  }

  /// Refuses a tokenizer.json of a class that would not take it as it stands.
  func requireKnown() throws(TokenizerError) {
    guard isForeign, let name, let source else { return }
    throw source.error(
      .unsupported,
      "'\(name)' builds its tokenizer by rules of its own, which are not known here; where tokenizer.json is to be taken "
        + "as it stands, name PreTrainedTokenizerFast")
  }

  /// Whether a part of a tokenizer.json works on bytes.
  private static func isByteLevel(_ file: ConfigurationComponent) -> Bool {
    func names(_ value: JSONValue) -> Bool {
      value["type"]?.stringValue == "ByteLevel" || value.arrayValue?.contains(where: names) == true
        || value.objectValue?.contains { names($0.value) } == true
    }
    return ["normalizer", "pre_tokenizer", "post_processor", "decoder"].contains { file.value[$0].map(names) == true }
  }
}
