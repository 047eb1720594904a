import Foundation
import SalienceJSON
import SalienceTokenizers
import Testing

/// Directories without a tokenizer.json against what `transformers` makes of them.
@Suite struct SlowTokenizerTests {
  static let names = [
    "albert", "albert-cased", "bert", "camembert", "deberta-v2", "deberta-v2-added", "deberta-v2-lower",
    "distilbert-cased", "electra", "gemma", "gpt2", "gpt2-bos", "gpt2-word-pieces", "llama", "llama-legacy",
    "llama-no-prefix", "qwen2", "roberta", "roberta-prefix", "xlm-roberta",
  ]

  /// The files of a directory, with those that several share.
  private func files(_ name: String) throws -> [String: Data] {
    let folder = TokenizerFixtures.folder.appendingPathComponent("slow/\(name)")
    var files: [String: Data] = [:]
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      files[file] = try Data(contentsOf: folder.appendingPathComponent(file))
    }
    if let shared = files["shared.json"] {
      for member in try #require(try JSONValue(parsing: [UInt8](shared)).objectValue) {
        let path = try #require(member.value.stringValue)
        files[member.name] = try Data(contentsOf: TokenizerFixtures.folder.appendingPathComponent(path))
      }
    }
    return files
  }

  @Test(arguments: names)
  func everyLineEqualsTheReference(name: String) throws {
    let tokenizer = try SubwordFixtures.withDirectory(try files(name)) { try Tokenizer(directory: $0) }
    let lines = try TokenizerFixtures.texts().map { text in
      // Python counts scalars.
      let pair = String(String.UnicodeScalarView(text.unicodeScalars.prefix(9)))
      let decoded = tokenizer.decode(try tokenizer.encode(text).ids)
      return crc32(try tokenizer.encode(text, pair: pair).lines) + crc32(decoded)
    }
    try LineDigests(kind: .pairs, name: "slow/\(name)").expect(lines)
  }

  @Test func specialTokensAreThoseOfTheClass() throws {
    let roberta = try SubwordFixtures.withDirectory(try files("roberta")) { try Tokenizer(directory: $0) }
    #expect(roberta.padToken?.0 == "<pad>" && roberta.maskToken?.0 == "<mask>" && roberta.clsToken?.0 == "<s>")
    #expect(roberta.beginToken?.id == roberta.clsToken?.id && roberta.endToken?.0 == "</s>")
    let gpt2 = try SubwordFixtures.withDirectory(try files("gpt2")) { try Tokenizer(directory: $0) }
    #expect(gpt2.padToken == nil && gpt2.maskToken?.0 == "[MASK]" && gpt2.endToken?.0 == "<|endoftext|>")
    let llama = try SubwordFixtures.withDirectory(try files("llama-legacy")) { try Tokenizer(directory: $0) }
    #expect(llama.padToken?.0 == "<unk>" && llama.beginToken?.0 == "<s>")
    let camembert = try SubwordFixtures.withDirectory(try files("camembert")) { try Tokenizer(directory: $0) }
    #expect(camembert.padToken?.id == 1 && camembert.maskToken?.0 == "<mask>" && camembert.sepToken?.0 == "</s>")
  }

  private func error(_ files: [String: Data]) throws -> TokenizerError {
    try SubwordFixtures.withDirectory(files) { directory in
      try #require(#expect(throws: TokenizerError.self) { try Tokenizer(directory: directory) })
    }
  }

  @Test func whatIsMissingIsNamed() throws {
    let none = try error(["config.json": Data(#"{"model_type": "roberta"}"#.utf8)])
    #expect(none.code == .unreadable && none.description.contains("vocab.json"))
    let unnamed = try error(["vocab.txt": Data("a\n".utf8)])
    #expect(unnamed.code == .unreadable && unnamed.description.contains("DebertaV2Tokenizer"))
    let japanese = try error([
      "config.json": Data(#"{"model_type": "bert", "tokenizer_class": "BertJapaneseTokenizer"}"#.utf8),
      "vocab.txt": Data("a\n".utf8),
    ])
    #expect(japanese.code == .unreadable && japanese.message.contains("tokenizer_class 'BertJapaneseTokenizer'"))
    let merges = try error([
      "config.json": Data(#"{"model_type": "gpt2"}"#.utf8), "vocab.json": Data(#"{"a": 0}"#.utf8),
    ])
    #expect(merges.file?.hasSuffix("merges.txt") == true)
  }

  /// Every cut and many a changed byte of a model either loads or is refused.
  @Test func damagedModelsAreRefused() throws {
    let model = try Data(contentsOf: TokenizerFixtures.folder.appendingPathComponent("subword/bpe.model"))
    let config = Data(#"{"tokenizer_class": "LlamaTokenizer"}"#.utf8)
    var refused = 0
    for length in stride(from: 0, to: model.count, by: 397) {
      let files = ["tokenizer_config.json": config, "tokenizer.model": model.prefix(length)]
      do {
        _ = try SubwordFixtures.withDirectory(files) { try Tokenizer(directory: $0) }
      } catch let error as TokenizerError {
        #expect(error.code == .malformed)
        refused += 1
      }
    }
    #expect(refused > 20)
  }
}
