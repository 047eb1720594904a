/// The tokenizers that are built by the rules of a class of `transformers`, named as it names the classes.
enum TokenizerFamily: String, Sendable, CaseIterable {
  case bert = "BertTokenizer"
  case gpt2 = "GPT2Tokenizer"
  case roberta = "RobertaTokenizer"
  case qwen2 = "Qwen2Tokenizer"
  case llama = "LlamaTokenizer"
  case gemma = "GemmaTokenizer"
  case albert = "AlbertTokenizer"
  case xlmRoberta = "XLMRobertaTokenizer"
  case camembert = "CamembertTokenizer"
  case debertaV2 = "DebertaV2Tokenizer"
  /// Any other: a tokenizer.json as it stands, or a SentencePiece model.
  case sentencePiece = "TokenizersBackend"

  /// The family that goes with config.json's model type.
  init?(modelType: String?) {
    switch modelType {
    case "bert", "distilbert", "electra": self = .bert
    case "gpt2": self = .gpt2
    case "roberta": self = .roberta
    case "qwen2", "qwen2_moe", "qwen3", "qwen3_moe": self = .qwen2
    case "gemma", "gemma2", "gemma3", "gemma3_text": self = .gemma
    case "albert": self = .albert
    case "xlm-roberta": self = .xlmRoberta
    case "camembert": self = .camembert
    case "deberta-v2": self = .debertaV2
    case "llama", "mistral", "modernbert": self = .sentencePiece
    default: return nil
    }
  }

  /// The special tokens that files do not have to name, by role, in the order in which they are added.
  var specialTokens: [(role: String, token: String)] {
    let tokens: [String?] =
      switch self {
      case .bert: [nil, nil, "[UNK]", "[SEP]", "[PAD]", "[CLS]", "[MASK]"]
      case .gpt2: ["<|endoftext|>", "<|endoftext|>", "<|endoftext|>", nil, nil, nil, nil]
      case .qwen2: [nil, "<|endoftext|>", "<|endoftext|>", nil, "<|endoftext|>", nil, nil]
      case .roberta, .xlmRoberta, .camembert: ["<s>", "</s>", "<unk>", "</s>", "<pad>", "<s>", "<mask>"]
      case .llama: ["<s>", "</s>", "<unk>", nil, nil, nil, nil]
      case .gemma: ["<bos>", "<eos>", "<unk>", nil, "<pad>", nil, "<mask>"]
      case .albert: ["[CLS]", "[SEP]", "<unk>", "[SEP]", "<pad>", "[CLS]", "[MASK]"]
      case .debertaV2: ["[CLS]", "[SEP]", "[UNK]", "[SEP]", "[PAD]", "[CLS]", "[MASK]"]
      case .sentencePiece: [nil, nil, nil, nil, nil, nil, nil]
      }
    return zip(SpecialTokens.roles, tokens).compactMap { role, token in token.map { (role, $0) } }
  }

  /// Names of the files that hold the vocabulary.
  var vocabularyFiles: [String] {
    switch self {
    case .bert: ["vocab.txt"]
    case .gpt2, .roberta, .qwen2: ["vocab.json"]
    case .llama, .gemma, .albert, .xlmRoberta, .camembert, .debertaV2, .sentencePiece:
      ["tokenizer.model", "spiece.model", "spm.model", "sentencepiece.bpe.model"]
    }
  }
}
