import Foundation
import SalienceAttribution
import SalienceDatasets
import SalienceJSON
import SalienceReports
import SalienceTestSupport
import SalienceTokenizers
import Testing

private let python = ProcessInfo.processInfo.environment["SALIENCE_PYTHON"]

@Suite struct WordLevelTests {
  @Test func scoresAreMerged() {
    let scores: [Float] = [0.5, -2, 2, 0.25]
    #expect(WordMerge.sum.merge(scores) == 0.75)
    #expect(WordMerge.mean.merge(scores) == 0.1875)
    // The first of equal magnitudes, with its sign.
    #expect(WordMerge.maximum.merge(scores) == -2)
    #expect(WordMerge.maximum.merge([1, .nan, 3]).isNaN && WordMerge.sum.merge([1, .nan]).isNaN)
    // 1e8 + 1 - 1e8 would be 0 in single precision.
    #expect(WordMerge.sum.merge([1e8, 1, -1e8]) == 1)
    #expect(WordMerge.allCases.map { $0.merge([Float]()) } == [0, 0, 0])
  }

  /// `word_attribution` of the example's last explanation.
  private func column(_ scored: ScoredExample, _ merge: WordMerge) throws -> [Float?] {
    let rows = try AttributionRow.rows(of: scored, TableContents(words: merge))
    return rows.suffix(scored.explanations.last?.attributions.count ?? 0).map(\.wordAttribution)
  }

  @Test func wordsOfAPromptAndOfWhatFollowed() throws {
    let scored = SampleTasks.generation()
    let scores = try #require(scored.explanations.last).attributions
    // Once | upon | a | ti·me: the last word's second token is there, the word after it is not.
    let words = [0..<1, 1..<3, 3..<4, 4..<6]
    for merge in WordMerge.allCases {
      let expected = words.flatMap { word in word.map { _ in merge.merge(scores[word]) } }
      #expect(try column(scored, merge) == expected)
    }
  }

  /// Tokens of one word of the pre-tokenizer, or of none where they are generated, and how many each word has.
  struct Pieces: Sendable {
    let tokens: [String]
    let word: Int32?
    let counts: [Int]
  }

  static let pieces: [Pieces] = [
    // Without a pre-tokenizer a text is one word.
    Pieces(tokens: ["▁Hello", ",", "▁wor", "ld", "<0x0A>", "a", "▁", "▁b"], word: 0, counts: [2, 2, 2, 2]),
    // Byte-level words are the pre-tokenizer's own, whatever stands in them.
    Pieces(tokens: ["Ġ", "Ġ", "Ċ"], word: 0, counts: [3]),
    // Generated: white space begins a word, and so does a token that marks an end.
    Pieces(
      tokens: ["Ġhel", "lo", "Ċ", "Ċ", "The", "Ġ", "Ġend", ".", "<|endoftext|>"], word: nil, counts: [2, 3, 3, 1]),
    // Letters that stand for white space among byte-level tokens are letters elsewhere.
    Pieces(tokens: ["▁po", "č", "as", "č", "▁x"], word: nil, counts: [4, 1]),
    Pieces(tokens: ["▁wor", "ld", "<0xE2>", "<0x82>", "<0xAC>", "▁x", "</s>"], word: nil, counts: [5, 1, 1]),
  ]

  @Test(arguments: pieces)
  func whiteSpaceBeginsWords(_ pieces: Pieces) throws {
    let (tokens, word, counts) = (pieces.tokens, pieces.word, pieces.counts)
    let sequence: UInt8? = word == nil ? nil : 0
    let encoding = Encoding(
      ids: tokens.map { _ in 0 }, tokens: tokens, typeIDs: tokens.map { _ in 0 }, special: tokens.map { _ in false },
      offsets: tokens.map { _ in nil }, words: tokens.map { _ in word }, sequences: tokens.map { _ in sequence })
    let scores = tokens.indices.map { Float(1 << $0) }
    let explanation = Explanation(
      method: "m", target: "t", targetIndex: 0, output: 0, baselineOutput: nil, convergenceDelta: nil, steps: 1,
      attributions: scores, normalized: scores, attributionSum: 0, attributionNorm: 1)
    let scored = ScoredExample(
      example: Example(row: 0, id: "0", text: "x"), encoding: encoding,
      prediction: Prediction(label: "t", index: 0, probability: 1, logits: []), explanations: [explanation],
      status: .ok)
    var (expected, start) = ([Float?](), 0)
    for count in counts {
      let sum = scores[start..<start + count].reduce(0, +)
      expected += [Float?](repeating: sum, count: count)
      start += count
    }
    #expect(try column(scored, .sum) == expected)
  }

  private func export(_ run: RunDirectory, _ merge: WordMerge, _ path: String) throws -> WordCSV.Exported {
    let output = try FileOutput(creating: path)
    let exported = try WordCSV.export(run, merge: merge, raw: true, to: output)
    try output.finish()
    return exported
  }

  @Test func wordsAreWrittenAsTheTextHasThem() throws {
    let scratch = try Scratch()
    let run = try SampleRun.write(
      [("m", [SampleTasks.generation(5), SampleTasks.answer(6)])], into: scratch.path)
    let exported = try export(run, .sum, "\(scratch.path)/w.csv")
    let lines = try String(contentsOfFile: "\(scratch.path)/w.csv", encoding: .utf8).split(separator: "\n")
    #expect(lines.first.map(String.init) == WordCSV.header.joined(separator: ","))
    #expect(exported.rows == 2 && exported.words == Int64(lines.count - 1))
    // The last token of four: Once, upon, a, time.
    let last = lines.filter { $0.contains(",Ġend,") }.map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(last.map { $0[9] } == ["Once", "upon", "a", "time"])
    #expect(last.map { $0[7] } == ["0", "1", "3", "4"])
    #expect(last.map { $0[8] } == ["1", "2", "1", "2"])
    #expect(last.map { $0[13] } == ["0", "4", "", ""] && last.map { $0[14] } == ["4", "9", "", ""])
    let answer = lines.filter { $0.contains(",ig,start,") }.map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(answer.map { $0[9] } == ["[CLS]", "Who", "[SEP]", "Anna", "née", "Ω", "[SEP]"])
  }

  @Test func wordsAreSpelledWhereTheRunHoldsNoTexts() throws {
    let cases: [(tokens: [String], words: [Int32?], spelled: [String])] = [
      (["Caf", "Ã©", "Ġd", "Ãł", "Ġâ", "Ĥ"], [0, 0, 1, 1, nil, nil], ["Café", "dà", "\u{FFFD}"]),
      (["č", "##as", "ğ", "Ã©"], [0, 0, 1, 2], ["čas", "ğ", "Ã©"]),
      (["▁č", "as", "▁", "<0xE2>", "<0x82>", "<0xAC>"], [0, 0, 0, 0, 0, 0], ["čas", "€"]),
    ]
    for (tokens, words, spelled) in cases {
      let scratch = try Scratch()
      let scores = tokens.map { _ in Float(1) }
      let scored = ScoredExample(
        example: Example(row: 0, id: "0", text: ""),
        encoding: Encoding(
          ids: tokens.map { _ in 0 }, tokens: tokens, typeIDs: tokens.map { _ in 0 },
          special: tokens.map { _ in false },
          offsets: tokens.map { _ in nil }, words: words, sequences: words.map { $0 == nil ? nil : 0 }),
        prediction: Prediction(label: "t", index: 0, probability: 1, logits: []),
        explanations: [
          Explanation(
            method: "m", target: "t", targetIndex: 0, output: 0, baselineOutput: nil, convergenceDelta: nil, steps: 1,
            attributions: scores, normalized: scores, attributionSum: 0, attributionNorm: 1)
        ], status: .ok)
      _ = try export(try SampleRun.write([("m", [scored])], into: scratch.path), .sum, "\(scratch.path)/w.csv")
      let lines = try String(contentsOfFile: "\(scratch.path)/w.csv", encoding: .utf8).split(separator: "\n")
      #expect(
        lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false)[9] }
          == spelled.map { $0[...] })
    }
  }

  @Test(.enabled(if: python != nil, "SALIENCE_PYTHON names no Python with pandas and DuckDB"))
  func columnAndExportAgreeWithGroupsOfTheTable() throws {
    let scratch = try Scratch()
    let examples = (0..<60).map { row in
      row % 3 == 0
        ? SampleTasks.generation(row) : row % 3 == 1 ? SampleTasks.answer(row) : SampleRun.example(row, model: 0)
    }
    for merge in WordMerge.allCases {
      let folder = "\(scratch.path)/\(merge.rawValue)"
      let run = try SampleRun.write([("m", examples)], into: folder, words: merge)
      _ = try export(run, merge, "\(folder)/words.csv")
      try Program.expectPython(
        "Tests/SalienceReportsTests/word_reference.py", [run.path, merge.rawValue, "\(folder)/words.csv"])
    }
  }

  @Test(.enabled(if: python != nil, "SALIENCE_PYTHON names no Python with tokenizers"))
  func wordsAreThoseOfHuggingFace() throws {
    let scratch = try Scratch()
    let folder = Repository.fixtures.appending(path: "tokenizers")
    let lines = try Data(contentsOf: folder.appendingPathComponent("lines.jsonl")).split(separator: 10)
    let texts = try stride(from: 0, to: lines.count, by: 100).map { index in
      try #require(try JSONValue(parsing: Array(lines[index])).stringValue)
    }
    let names = [
      "uncased", "cased", "subword/gpt2", "subword/roberta", "subword/modernbert", "subword/llama3", "subword/qwen2",
      "subword/xlm-roberta", "subword/albert", "subword/deberta-v3", "subword/clip", "subword/llama2", "subword/gemma",
      "subword/mistral",
    ]
    let models = try names.map { name in
      let tokenizer = try Tokenizer(directory: folder.appendingPathComponent(name).path)
      let scored = try texts.indices.map { index in
        let pair = index % 3 == 0 ? texts[(index + 7) % texts.count] : nil
        let encoding = try tokenizer.encode(texts[index], pair: pair)
        let scores = encoding.ids.indices.map { Float(($0 * 37 + index) % 19 - 9) / 8 }
        let explanation = Explanation(
          method: "m", target: "t", targetIndex: 0, output: 0, baselineOutput: nil, convergenceDelta: nil, steps: 1,
          attributions: scores, normalized: scores, attributionSum: 0, attributionNorm: 1)
        return ScoredExample(
          example: Example(row: Int64(index), id: "\(index)", text: texts[index], textPair: pair), encoding: encoding,
          prediction: Prediction(label: "t", index: 0, probability: 1, logits: [1]), explanations: [explanation],
          status: .ok)
      }
      return (name.split(separator: "/").last.map(String.init) ?? name, scored)
    }
    let run = try SampleRun.write(models, into: scratch.path, partRows: 100, words: .sum)
    _ = try export(run, .sum, "\(scratch.path)/words.csv")
    try Program.expectPython(
      "Tests/SalienceReportsTests/word_reference.py",
      [run.path, "sum", "\(scratch.path)/words.csv"] + names.map { "\(folder.path)/\($0)" })
  }
}
