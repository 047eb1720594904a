import FoundationEssentials
import SalienceJSON

extension TokenizerRules {
  /// A WordPiece vocabulary of BERT: that of the tokenizer.json, or a vocab.txt with a token a line.
  func wordPiece(_ added: [AddedToken]) throws(TokenizerError) -> Built {
    var vocabulary = Vocabulary()
    var members: [JSONMember] = []
    if let model = try storedModel("WordPiece") {
      let stored = try model.member("vocab")
      vocabulary = try Vocabulary(stored)
      members = try stored.members()
    } else {
      let whitespace = ScalarClasses.table
      for (id, line) in try lines(of: path).enumerated() {
        var scalars = Array(line.unicodeScalars)
        while let last = scalars.last, whitespace[last.value].contains(.whitespace) { scalars.removeLast() }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        vocabulary.add(String(view), id: Int32(id))
        members.append(JSONMember(name: String(view), value: .integer(id)))
      }
    }
    let accents: JSONValue = special.config?.value["strip_accents"] ?? .null
    let model: JSONValue = [
      "type": "WordPiece", "unk_token": .string(token("unk_token")), "continuing_subword_prefix": "##",
      "max_input_chars_per_word": 100, "vocab": .object(members),
    ]
    let file: JSONValue = [
      "normalizer": [
        "type": "BertNormalizer", "clean_text": true,
        "handle_chinese_chars": .bool(try flag("tokenize_chinese_chars", default: true)),
        "strip_accents": accents, "lowercase": .bool(try flag("do_lower_case", default: true)),
      ],
      "pre_tokenizer": ["type": "BertPreTokenizer"],
      "post_processor": try bertTemplate(ids(added, over: vocabulary)),
      "decoder": ["type": "WordPiece", "prefix": "##", "cleanup": true],
      "model": model,
    ]
    return (file, added)
  }

  /// A byte-level vocabulary of GPT-2, RoBERTa or Qwen: that of the tokenizer.json, or a vocab.json and merges.txt.
  func byteLevel(_ added: [AddedToken]) throws(TokenizerError) -> Built {
    let model = try storedModel("BPE")
    let entries: ConfigurationComponent
    let merges: JSONValue
    if let model {
      (entries, merges) = (try model.member("vocab"), try model.member("merges").value)
    } else {
      entries = try ConfigurationFile.read("vocab.json", in: directory)
      let lines = try lines(of: ConfigurationFile.path(of: "merges.txt", in: directory))
      merges = .array(lines.filter { !$0.isEmpty }.map(JSONValue.string))
    }
    let vocabulary = try Vocabulary(entries)
    let id = ids(added, over: vocabulary)
    let addsPrefixSpace = JSONValue.bool(try flag("add_prefix_space", default: false))
    let edges = try edgeTemplate(id)
    var postProcessor = storedPostProcessor ?? edges
    if family == .roberta {
      func token(_ role: String) -> JSONValue {
        [.string(self.token(role)), id(self.token(role)).map { .integer($0) } ?? .null]
      }
      postProcessor = [
        "type": "RobertaProcessing", "sep": token("sep_token"), "cls": token("cls_token"),
        "trim_offsets": .bool(try flag("trim_offsets", default: true)), "add_prefix_space": addsPrefixSpace,
      ]
    }
    var byteLevel: [(String, JSONValue)] = [
      ("type", "ByteLevel"), ("add_prefix_space", addsPrefixSpace), ("trim_offsets", true),
    ]
    if family == .qwen2 { byteLevel.append(("use_regex", false)) }
    var preTokenizer = JSONValue.object(byteLevel.map { JSONMember(name: $0.0, value: $0.1) })
    if family == .qwen2 {
      let split: JSONValue = [
        "type": "Split", "pattern": ["Regex": .string(Self.qwenPattern)], "behavior": "Isolated", "invert": false,
      ]
      preTokenizer = ["type": "Sequence", "pretokenizers": [split, preTokenizer]]
    }
    let file: JSONValue = [
      "normalizer": family == .qwen2 ? ["type": "NFC"] : .null,
      "pre_tokenizer": preTokenizer,
      "post_processor": postProcessor,
      "decoder": ["type": "ByteLevel"],
      "model": ["type": "BPE", "vocab": entries.value, "merges": merges],
    ]
    return (file, added)
  }

  private static let qwenPattern =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  /// The lines of a UTF-8 file; a last line that is empty is none.
  private func lines(of path: String) throws(TokenizerError) -> [String] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw TokenizerError(code: .unreadable, message: "no such file, or it cannot be read", file: path)
    }
    var lines = [UInt8](data).split(separator: 10, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return try lines.map { (line) throws(TokenizerError) -> String in
      guard let text = String(validating: line.last == 13 ? line.dropLast() : line, as: UTF8.self) else {
        throw TokenizerError(code: .malformed, message: "the file is no UTF-8", file: path)
      }
      return text
    }
  }
}
