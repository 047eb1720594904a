import SalienceParquet
import Testing

extension EndToEndTests {
  /// Words of a classifier's texts and of a language model's continuations.
  @Suite struct WordExport {
    /// The cells of each record of comma-separated values.
    private func records(_ text: String) -> [[String]] {
      var (records, cell, record, isQuoted) = ([[String]](), "", [String](), false)
      for character in text.unicodeScalars {
        switch character {
        case "\"": isQuoted.toggle()
        case "," where !isQuoted, "\n" where !isQuoted:
          record.append(cell)
          cell = ""
          if character == "," { continue }
          records.append(record)
          record = []
        default: cell.unicodeScalars.append(character)
        }
      }
      return records
    }

    @Test(arguments: ["demo", "causal-lm"])
    func wordsAddUpToTheirExplanation(_ pipeline: String) throws {
      let scratch = try ScratchDirectory()
      let run = "\(scratch.path)/run"
      let result = try SalienceBinary.run(
        [
          "run", "pipelines/\(pipeline).yaml", "--device", "cpu", "--limit", "6", "--output", run, "--quiet", "--set",
          "output.words=sum",
        ], in: scratch)
      try #require(result.status == 0, "\(result.errors)")
      let exported = try SalienceBinary.run(["export", run, "--words", "sum", "--csv-raw"], in: scratch)
      #expect(exported.status == 0 && exported.errors.isEmpty)
      let lines = records(exported.output)
      let header = try #require(lines.first)
      let model = try #require(header.firstIndex(of: "model")), sum = try #require(header.firstIndex(of: "attribution"))
      let tokens = try #require(header.firstIndex(of: "tokens"))

      // Lines are in the order of the table, a line for the tokens of each word.
      var words = lines.dropFirst()
      #expect(words.count > 100 && words.allSatisfy { $0.count == header.count })
      for name in Set(words.map { $0[model] }).sorted() {
        let reader = try ParquetReader(path: "\(run)/attributions/model=\(name)/part-00000.parquet")
        guard case .optionalFloat(let column) = try reader.read(column: "word_attribution") else {
          Issue.record("word_attribution is no column of floats")
          return
        }
        var index = 0
        while index < column.count, let word = words.popFirst() {
          let count = try #require(Int(word[tokens]))
          #expect(column[index..<min(column.count, index + count)].allSatisfy { $0 == Float(word[sum]) })
          index += count
        }
        #expect(index == column.count)
      }
      #expect(words.isEmpty)
    }

    @Test func anUnknownRuleIsToldOf() throws {
      let scratch = try ScratchDirectory()
      let result = try SalienceBinary.run(["export", scratch.path, "--words", "max"], in: scratch)
      #expect(result.status == 64)
      #expect(result.errors.contains("sum") && result.errors.contains("maximum"))
    }
  }
}
