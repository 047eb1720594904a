import Foundation
import SalienceTestSupport
import SalienceTokenizers
import Testing

/// Directories: what is read from them, and what is refused.
@Suite struct TokenizerFileTests {
  private static let vocabulary = ###""vocab": {"[UNK]": 0, "[PAD]": 1, "[SEP]": 2, "a": 3, "##b": 4}"###
  private static let model = ###"""
    "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
      "max_input_chars_per_word": 5, \###(vocabulary)}
    """###

  /// A directory that is deleted once `body` is done.
  private func withDirectory(_ files: [String: String], _ body: (String) throws -> Void) throws {
    try SubwordFixtures.withDirectory(files.mapValues { Data($0.utf8) }, body)
  }

  private func error(_ files: [String: String]) throws -> TokenizerError {
    var found: TokenizerError?
    try withDirectory(files) { directory in
      found = #expect(throws: TokenizerError.self) { try Tokenizer(directory: directory) }
    }
    return try #require(found)
  }

  @Test func specialTokensAndLength() throws {
    let files = [
      "tokenizer.json": "{\(Self.model)}",
      "tokenizer_config.json": #"{"pad_token": {"content": "a"}, "model_max_length": 512}"#,
      "special_tokens_map.json": ###"{"pad_token": "[PAD]", "mask_token": "##b"}"###,
    ]
    try withDirectory(files) { directory in
      let tokenizer = try Tokenizer(directory: directory)
      // As in transformers, the map goes before the configuration, which here lists no added tokens.
      #expect(tokenizer.padToken?.id == 1)
      #expect(tokenizer.maskToken?.0 == "##b")
      #expect(tokenizer.sepToken?.id == 2)
      #expect(tokenizer.unknownToken?.id == 0)
      #expect(tokenizer.clsToken == nil)
      #expect(tokenizer.modelMaxLength == 512)
      #expect(tokenizer.vocabularySize == 5)
      #expect(tokenizer.id(of: "##b") == 4)
      #expect(tokenizer.id(of: "b") == nil)
      #expect(tokenizer.token(of: 4) == "##b")
      #expect(tokenizer.token(of: 9) == nil)
      #expect(try tokenizer.encode("abb").tokens == ["a", "##b", "##b"])
      #expect(try tokenizer.encode("abbbbb").tokens == ["[UNK]"])
    }
  }

  /// New tokens are counted on from the number of tokens, whatever the highest id is.
  @Test func addedTokensBesideAVocabularyWithGaps() throws {
    let text = ###"""
      {"added_tokens": [{"id": 9, "content": "z"}, {"id": 3, "content": "new"}, {"id": 3, "content": "new"}],
        "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "z": 9}, "merges": []}}
      """###
    try withDirectory(["tokenizer.json": text]) { directory in
      let tokenizer = try Tokenizer(directory: directory)
      #expect(try tokenizer.encode("anewzb").ids == [0, 3, 9, 1])
      #expect(tokenizer.vocabularySize == 4)
      #expect(tokenizer.decode([0, 3, 9, 4]) == "a new z")
    }
  }

  /// As BERT's class of `transformers` does, whatever was trained into the tokenizer.json; other classes read that.
  @Test(arguments: [
    (#"{}"#, ["a"]), (#"{"do_lower_case": false}"#, ["Á"]),
    (#"{"do_lower_case": false, "strip_accents": true}"#, ["A"]), (#"{"strip_accents": false}"#, ["á"]),
    (#"{"do_lower_case": false, "tokenizer_class": "PreTrainedTokenizerFast"}"#, ["a"]),
    (#"{"do_lower_case": false, "tokenizer_class": "DistilBertTokenizerFast"}"#, ["Á"]),
  ])
  func theConfigurationDecidesAboutLetterCase(config: String, tokens: [String]) throws {
    let text = ###"""
      {"normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
        "strip_accents": null, "lowercase": true}, "pre_tokenizer": {"type": "BertPreTokenizer"},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
        "max_input_chars_per_word": 5, "vocab": {"[UNK]": 0, "a": 1, "á": 2, "A": 3, "Á": 4}}}
      """###
    let files = [
      "config.json": #"{"model_type": "bert"}"#, "tokenizer.json": text, "tokenizer_config.json": config,
    ]
    try withDirectory(files) { directory in
      let tokenizer = try Tokenizer(directory: directory)
      #expect(try tokenizer.encode("Á", addingSpecialTokens: false).tokens == tokens)
    }
  }

  @Test func aLimitOfNoLengthIsNone() throws {
    let files = [
      "tokenizer.json": "{\(Self.model)}",
      "tokenizer_config.json": #"{"model_max_length": 1000000000000000019884624838656}"#,
    ]
    try withDirectory(files) { directory in
      let tokenizer = try Tokenizer(directory: directory)
      #expect(tokenizer.modelMaxLength == nil)
    }
  }

  private static let faults: [(text: String, component: String, word: String)] = [
    (#""normalizer": {"type": "Casefold"}, "#, "normalizer", "Casefold"),
    (
      #""normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Nmt2"}]}, "#,
      "normalizer.normalizers[1]", "Nmt2"
    ),
    (
      #""normalizer": {"type": "Replace", "pattern": {"Regex": "(?<=a)b"}, "content": ""}, "#,
      "normalizer.pattern.Regex", "(?<=a)b"
    ),
    (
      #""pre_tokenizer": {"type": "Split", "pattern": {"Regex": "\\p{Han}"}, "behavior": "Isolated", "invert": false}, "#,
      "pre_tokenizer.pattern.Regex", "Han"
    ),
    (
      #""normalizer": {"type": "Precompiled", "precompiled_charsmap": "AAAA"}, "#,
      "normalizer.precompiled_charsmap", "map"
    ),
    (#""pre_tokenizer": {"type": "ByteLevel"}, "#, "pre_tokenizer", "add_prefix_space"),
    (#""pre_tokenizer": {"type": "Metaspace", "replacement": "ab"}, "#, "pre_tokenizer.replacement", "one character"),
    (#""post_processor": {"type": "RobertaProcessing2"}, "#, "post_processor", "RobertaProcessing2"),
    (#""decoder": {"type": "Sequence", "decoders": [{"type": "CTC"}]}, "#, "decoder.decoders[0]", "CTC"),
    (#""added_tokens": [{"id": 9, "content": "new"}], "#, "added_tokens[0]", "id 9"),
    (#""normalizer": {"type": "BertNormalizer"}, "#, "normalizer", "clean_text"),
  ]

  @Test(arguments: faults.map { Named("\($0.component): \($0.word)", $0) })
  func faultsNameTheirComponent(named: Named<(text: String, component: String, word: String)>) throws {
    let fault = named.value
    let error = try error(["tokenizer.json": "{\(fault.text)\(Self.model)}"])
    #expect(error.component == fault.component)
    #expect(error.description.contains("tokenizer.json: \(fault.component): "))
    #expect(error.message.contains(fault.word))
  }

  @Test func missingAndBrokenFiles() throws {
    #expect(try error([:]).code == .unreadable)
    #expect(try error(["tokenizer.json": "{"]).code == .malformed)
    #expect(try error(["tokenizer.json": "[]"]).code == .malformed)
    #expect(try error(["tokenizer.json": "{}"]).message == "'model' is missing")
    let model = try error(["tokenizer.json": #"{"model": {"type": "WordLevel"}}"#])
    #expect(model.code == .unsupported)
    #expect(model.component == "model")
    #expect(model.message.contains("WordLevel"))
    let dropout = try error(["tokenizer.json": #"{"model": {"type": "BPE", "dropout": 0.1}}"#])
    #expect(dropout.component == "model.dropout")
    let merge = try error([
      "tokenizer.json": #"{"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": ["a b"]}}"#
    ])
    #expect(merge.component == "model.merges" && merge.message.contains("entry 0"))
    let broken = ["tokenizer.json": "{\(Self.model)}", "tokenizer_config.json": "no"]
    #expect(try error(broken).file?.hasSuffix("tokenizer_config.json") == true)
  }

  @Test func anUnknownWordWithoutUnknownTokenIsAnError() throws {
    let model = Self.model.replacing(#""unk_token": "[UNK]""#, with: #""unk_token": "<unk>""#)
    try withDirectory(["tokenizer.json": "{\(model)}"]) { directory in
      let tokenizer = try Tokenizer(directory: directory)
      let error = #expect(throws: TokenizerError.self) { try tokenizer.encode("zzz") }
      #expect(error?.code == .missingUnknownToken)
      #expect(error?.description.contains("zzz") == false)
    }
  }

  @Test(arguments: ["x", "\u{301}", "a b ", "!", "[MASK", "中"])
  func longTextsAreCutToTheMaximumLength(part: String) throws {
    let tokenizer = try TokenizerFixtures.tokenizer("uncased")
    #expect(try tokenizer.encode(String(repeating: part, count: 200_000), maxLength: 512).count <= 512)
  }
}
