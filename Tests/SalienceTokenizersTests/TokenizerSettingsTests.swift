import Foundation
import SalienceJSON
import SalienceTokenizers
import Testing

/// Files beside a tokenizer.json against what `AutoTokenizer` of `transformers` makes of them.
@Suite struct TokenizerSettingsTests {
  private static func cases() throws -> [JSONValue] {
    try TokenizerFixtures.lines("settings.jsonl").map { try JSONValue(parsing: $0) }
  }

  private static let names = (try? cases().compactMap { $0["name"]?.stringValue }) ?? []

  /// The tokenizer of a case's files.
  private static func tokenizer(_ reference: JSONValue) throws -> Tokenizer {
    let base = try #require(reference["base"]?.stringValue)
    let path = TokenizerFixtures.folder.appendingPathComponent("\(base)/tokenizer.json")
    let changes = try #require(reference["changes"]?.objectValue)
    let stored = try #require(try JSONValue(parsing: [UInt8](Data(contentsOf: path))).objectValue)
    let kept = stored.filter { member in !changes.contains { $0.name == member.name } }
    var files = ["tokenizer.json": Data(JSONValue.object(kept + changes).text().utf8)]
    for member in try #require(reference["files"]?.objectValue) {
      files[member.name] = Data(member.value.text().utf8)
    }
    return try SubwordFixtures.withDirectory(files) { try Tokenizer(directory: $0) }
  }

  private static func integers(_ value: JSONValue?) throws -> [Int] {
    try #require(value?.arrayValue?.map { $0.intValue ?? ($0.boolValue == true ? 1 : 0) })
  }

  @Test(arguments: names)
  func settingsEqualTheReference(name: String) throws {
    let reference = try #require(try Self.cases().first { $0["name"]?.stringValue == name })
    let tokenizer = try Self.tokenizer(reference)
    #expect(tokenizer.vocabularySize == reference["size"]?.intValue)
    #expect(tokenizer.truncationSide.rawValue == reference["truncation_side"]?.stringValue)
    #expect(tokenizer.padsLeft == (reference["padding_side"]?.stringValue == "left"))
    #expect(tokenizer.modelMaxLength == reference["limit"]?.intValue)
    #expect(tokenizer.givesTypes == reference["types"]?.boolValue)
    let roles = [
      ("bos_token", tokenizer.beginToken), ("eos_token", tokenizer.endToken), ("unk_token", tokenizer.unknownToken),
      ("sep_token", tokenizer.sepToken), ("pad_token", tokenizer.padToken), ("cls_token", tokenizer.clsToken),
      ("mask_token", tokenizer.maskToken),
    ]
    for (role, token) in roles {
      // What the reference has no token for, the vocabulary may still have BERT's for.
      guard let expected = reference["roles"]?[role]?.arrayValue else { continue }
      #expect(token?.0 == expected[0].stringValue, "\(role)")
      #expect(token.map { Int($0.id) } == expected[1].intValue, "\(role)")
    }
    for expected in try #require(reference["encodings"]?.arrayValue) {
      let text = try #require(expected["text"]?.stringValue)
      let isSecond = expected["strategy"]?.stringValue == "only_second"
      let encoding = try tokenizer.encode(
        text, pair: expected["pair"]?.stringValue, maxLength: expected["limit"]?.intValue,
        strategy: isSecond ? .onlySecond : .longestFirst)
      let note = Comment(rawValue: "\(text) \(expected["limit"]?.intValue ?? 0)")
      #expect(encoding.ids.map { Int($0) } == (try Self.integers(expected["ids"])), note)
      #expect(encoding.special.map { $0 ? 1 : 0 } == (try Self.integers(expected["special"])), note)
      let types = (try Self.integers(expected["types"])).map { Int32($0) }
      #expect(encoding.modelTypeIDs == types, note)
      let ranges = try #require(expected["offsets"]?.arrayValue).map { pair -> Range<Int>? in
        guard let ends = pair.arrayValue?.compactMap(\.intValue), ends.count == 2 else { return nil }
        return ends[0]..<ends[1]
      }
      #expect(encoding.offsets == ranges, note)
      #expect(encoding.words.map { $0.map(Int.init) } == expected["words"]?.arrayValue?.map(\.intValue), note)
      #expect(tokenizer.decode(encoding.ids) == expected["decoded"]?.stringValue, note)
    }
  }

  @Test func everyCaseIsThere() { #expect(Self.names.count >= 48) }

  private func error(_ config: String, _ model: String = #"{"model_type": "bert"}"#) throws -> TokenizerError {
    let path = TokenizerFixtures.folder.appendingPathComponent("uncased/tokenizer.json")
    let files = [
      "tokenizer.json": try Data(contentsOf: path), "config.json": Data(model.utf8),
      "tokenizer_config.json": Data(config.utf8),
    ]
    return try SubwordFixtures.withDirectory(files) { directory in
      try #require(#expect(throws: TokenizerError.self) { try Tokenizer(directory: directory) })
    }
  }

  @Test(arguments: [
    (#"{"truncation_side": "middle"}"#, "truncation_side", "'left' or 'right'"),
    (#"{"padding_side": 1}"#, "padding_side", "string"),
    (#"{"model_max_length": 0}"#, "model_max_length", "above 0"),
    (#"{"model_max_length": "512"}"#, "model_max_length", "above 0"),
    (#"{"model_max_length": 12.5}"#, "model_max_length", "above 0"),
    (#"{"model_input_names": "input_ids"}"#, "model_input_names", "array"),
    (#"{"added_tokens_decoder": {"a": {"content": "x"}}}"#, "added_tokens_decoder", "by their ids"),
    (#"{"tokenizer_class": "HerbertTokenizerFast"}"#, "tokenizer_class", "PreTrainedTokenizerFast"),
  ])
  func faultsNameTheirKey(fault: (config: String, key: String, words: String)) throws {
    let error = try error(fault.config)
    #expect(error.file?.hasSuffix("tokenizer_config.json") == true)
    #expect(error.component == fault.key)
    #expect(error.message.contains(fault.words))
  }

  /// A class that builds another kind of model than the one that is there.
  @Test func aClassOfAnotherKindIsRefused() throws {
    let error = try error("{}", #"{"model_type": "gpt2"}"#)
    #expect(error.component == "model")
    #expect(error.message.contains("GPT2Tokenizer") && error.message.contains("WordPiece"))
  }
}
