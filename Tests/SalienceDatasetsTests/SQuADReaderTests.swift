import Foundation
import SalienceDatasets
import SalienceTestSupport
import Testing

@Suite struct SQuADReaderTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func read(
    _ text: String, mapping: ColumnMapping = .squad, chunkSize: Int = 256 << 10, maximumRecordSize: Int = 1 << 20
  ) throws -> [DatasetRecord] {
    let path = try directory.write("q.json", text)
    let reader = try DatasetReader(
      paths: [path], mapping: mapping, chunkSize: chunkSize, maximumRecordSize: maximumRecordSize)
    let (records, error) = readAll(reader)
    #expect(error == nil)
    #expect(records.map(\.row) == records.indices.map(Int64.init))
    return records
  }

  /// Version 1.1 with the context first, 2.0 with the questions first, and members that nobody asked for.
  private let both = """
    \u{FEFF}{"version": "1.1", "more": {"data": [{"paragraphs": []}], "}": "\\"]"}, "data": [
      {"title": "A", "paragraphs": [{"context": "Anna n\\u00e9e Ω \\ud83c\\udf88.", "qas": [
        {"id": "a", "question": "Who?", "answers": [{"text": "Anna", "answer_start": 0}, {"text": "x", "answer_start": 1}]},
        {"answers": [], "question": "{[\\"", "id": 7}]}]},
      {"paragraphs": [{"qas": [], "context": "none"}, {"document": [1, {"qas": 2}],
        "qas": [{"question": "Why?", "id": "b", "is_impossible": true, "plausible_answers": [{"text": "p"}], "answers": []},
    \t{"question": "", "is_impossible": false, "answers": [{"text": "", "answer_start": 3}]}], "context": "B"}], "title": 2}
    ], "end": 1.5}

    """

  @Test func questionsAreReadAtEveryChunkSize() throws {
    let context = "Anna née Ω 🎈."
    let expected = [
      Example(row: 0, id: "a", text: "Who?", textPair: context, label: "Anna", labels: ["Anna", "x"]),
      Example(row: 1, id: "7", text: "{[\"", textPair: context),
      Example(row: 2, id: "b", text: "Why?", textPair: "B"),
      Example(row: 3, id: "3", text: "", textPair: "B", label: ""),
    ]
    let bytes = Array(both.utf8)
    for chunkSize in Array(1...64) + [200, bytes.count] {
      let records = try read(both, chunkSize: chunkSize)
      #expect(records.map(\.example) == expected)
      #expect(records.map(\.location.line) == [3, 4, 6, 7])
      #expect(records.allSatisfy { bytes[Int($0.location.byteOffset)] == UInt8(ascii: "{") })
    }
  }

  @Test func columnsHaveFixedNames() throws {
    let records = try read(both, mapping: ColumnMapping(text: "context", label: "question"))
    #expect(records.first?.example == Example(row: 0, id: "0", text: "Anna née Ω 🎈.", label: "Who?"))
    let error = #expect(throws: DatasetError.self) { try read(both, mapping: ColumnMapping(text: "questoin")) }
    #expect(error?.code == .missingColumn)
    #expect(error?.message == "no column 'questoin'; the nearest is 'question'")
  }

  @Test func compressedFilesAreReadAndRowsPassedOver() throws {
    let paths = [
      try directory.write("a.JSON", both), try directory.write("b.json.gz", gzip(Array(both.utf8))),
      try directory.write("c.json.zst", zstandard(Array(both.utf8))),
    ]
    let reader = try DatasetReader(paths: paths, mapping: .squad)
    #expect(readAll(reader).records.compactMap { $0.example?.label } == ["Anna", "", "Anna", "", "Anna", ""])
    let skipping = try DatasetReader(paths: paths, mapping: .squad)
    #expect(try skipping.skip(5) == 5)
    #expect(try skipping.next()?.example?.text == "{[\"")
    #expect(try skipping.skip(100) == 6)
  }

  @Test(
    arguments: [
      (#"{"id": "x", "question": 5}"#, "x", "question", "expected a string, not this number"),
      (#"{"id": "x"}"#, "x", "question", "missing"),
      (#"{"id": ["x"], "question": "Q"}"#, nil, "id", "expected a string, not this array"),
      (
        #"{"id": "x", "question": "Q", "answers": {"text": "A"}}"#, "x", "answer",
        "answers without a list of texts"
      ),
      (#"{"id": "x", "question": "Q", "answers": [{"answer_start": 1}]}"#, "x", "answer", "an answer without a text"),
      (
        #"{"id": "x", "question": "Q", "answers": [{"text": null}]}"#, "x", "answer", "expected a string, not this null"
      ),
      (#""Q""#, nil, nil, "expected a question, not this string"),
      (
        #"{"id": "x", "question": "what is "it"?"}"#, nil, nil,
        "not JSON: expected ',' or '}' in an object at byte 34 of the question"
      ),
      (
        #"{"id": "x", "question": "\ud800"}"#, nil, nil,
        "not JSON: lone surrogate in an escape at byte 25 of the question"
      ),
      (
        "{\"id\": \"x\", \"question\": \"a\nb\"}", nil, nil,
        "not JSON: a control character in a string must be escaped at byte 26 of the question"
      ),
    ] as [(String, String?, String?, String)])
  func badQuestionsAreBadRows(_ question: String, _ id: String?, _ column: String?, _ reason: String) throws {
    let good = #"{"id": "g", "question": "G"}"#
    let records = try read(
      "{\"data\": [{\"paragraphs\": [{\"context\": \"C\", \"qas\": [\(good),\n\(question), \(good)]}]}]}")
    #expect(records.map { $0.example?.text } == ["G", nil, "G"])
    let bad = try #require(records.dropFirst().first?.bad)
    #expect(bad.id == id && bad.column == column)
    #expect(bad.reason == reason)
    #expect(bad.location.line == 2)
  }

  /// Questions without articles around them, as `datasets` writes them, would else be passed over in silence.
  @Test func articlesWithoutParagraphsAreBadRows() throws {
    let flat = #"{"id": "f", "question": "Q", "context": "C", "answers": {"text": ["C"], "answer_start": [0]}}"#
    let records = try read(
      "{\"data\": [\(flat),\n {}, {\"paragraphs\": null},\n{\"paragraphs\": []}, {\"paragraphs\": [\(paragraph("a"))]}]}"
    )
    #expect(records.map { $0.example?.id } == [nil, nil, nil, "a1", "a2"])
    #expect(records.compactMap { $0.bad?.reason } == Array(repeating: "an article without 'paragraphs'", count: 3))
    #expect(records.map(\.location.line) == [1, 2, 2, 3, 3])
    #expect(records[0].location.byteOffset == 10)
  }

  private func paragraph(_ name: String, context: String = #""C""#) -> String {
    #"{"context": \#(context), "qas": [{"id": "\#(name)1", "question": "Q"}, {"id": "\#(name)2", "question": "Q"}]}"#
  }

  @Test(
    arguments: ([
      // The context alone is wrong: its questions are known by their ids.
      ("5", ["a1", "a2", nil, nil, "c1", "c2"]), (#""\x""#, ["a1", "a2", nil, nil, "c1", "c2"]),
      // Its questions cannot be told apart.
      (#""say "no" twice""#, ["a1", "a2", nil, "c1", "c2"]), (#""5" tall""#, ["a1", "a2", nil, "c1", "c2"]),
      ("}", ["a1", "a2", nil, "c1", "c2"]), ("[}", ["a1", "a2", nil, "c1", "c2"]),
      ("\"\(String(repeating: "x", count: 300))\"", ["a1", "a2", nil, "c1", "c2"]),
    ] as [(String, [String?])]).map { Named(String($0.0.prefix(20)), $0) })
  func readingGoesOnAfterADamagedParagraph(_ paragraphs: Named<(String, [String?])>) throws {
    let (context, ids) = paragraphs.value
    let text =
      #"{"data": [{"paragraphs": [\#(paragraph("a")), "# + "\n" + paragraph("b", context: context)
      + "]}, {\"paragraphs\": [\n  \(paragraph("c"))]}]}"
    for chunkSize in [1, 7, 4096] {
      let records = try read(text, chunkSize: chunkSize, maximumRecordSize: 250)
      #expect(records.map { $0.example?.id } == ids)
      let bad = try #require(records.first { $0.bad != nil }?.bad)
      #expect(bad.location.line == 2)
      #expect(bad.column == (ids.count == 6 ? "context" : nil))
      #expect(records.last?.location.line == 3)
    }
  }

  @Test func anyDamageCostsRowsAlone() throws {
    let text =
      #"{"data": [{"title": "T", "paragraphs": [\#(paragraph("a")), \#(paragraph("b"))]}, {"paragraphs": [\#(paragraph("c"))]}]}"#
    let whole = try read(text)
    let bytes = Array(text.utf8)
    // Cut off anywhere: what stands before is read, and the end is an error that names the byte.
    for length in stride(from: 10, to: bytes.count, by: 3) {
      let path = try directory.write("c.json", Array(bytes[..<length]))
      let (records, error) = readAll(try DatasetReader(paths: [path], mapping: .squad, chunkSize: 64))
      #expect(
        error?.code == .damaged && error?.message.contains("the file ends at byte \(length), ") == true, "\(length)")
      #expect(zip(records.filter { $0.bad == nil }, whole).allSatisfy { $0.example == $1.example }, "\(length)")
      #expect(records.count { $0.bad != nil } <= 1)
    }
    var generator = SeededGenerator(state: 7)
    let letters = Array(#"{}[]",:\ x1"#.utf8)
    for _ in 0..<400 {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        damaged[Int.random(in: 10..<bytes.count, using: &generator)] = letters.randomElement(using: &generator) ?? 0
      }
      let path = try directory.write("d.json", damaged)
      let (records, _) = readAll(try DatasetReader(paths: [path], mapping: .squad, chunkSize: 50))
      #expect(records.count <= 12 && records.map(\.row) == records.indices.map(Int64.init))
    }
  }

  @Test func theSampleOfTheRepositoryIsRead() throws {
    let path = Repository.root.appending(path: "datasets/questions.json").path
    let (records, error) = readAll(try DatasetReader(paths: [path], mapping: .squad))
    #expect(error == nil && records.count > 3)
    for example in records.map(\.example) {
      let example = try #require(example)
      #expect(example.textPair?.contains(example.label ?? "") == true && example.text.hasSuffix("?"))
    }
  }
}
