import Foundation
import Testing

extension EndToEndTests {
  /// What `check` finds and plans.
  @Suite struct CheckCommand {
    private func plan(_ tiny: TinyPipeline, _ options: String...) throws -> [String: Any] {
      let result = try SalienceBinary.run(["check", tiny.path, "--json"] + options, in: tiny.scratch)
      try #require(result.status == 0, "\(result.errors)")
      return try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    }

    @Test func theFirstThreeBadRowsAreShownByCheckAndRun() throws {
      let lines = (0..<9).map { $0 % 2 == 0 ? "\($0),fine" : "\($0),one,too many" }
      let tiny = try TinyPipeline(dataset: "id,text\n" + lines.joined(separator: "\n") + "\n")
      let check = try SalienceBinary.run(["check", tiny.path], in: tiny.scratch)
      #expect(
        check.status == 0 && check.output.contains("4 of the 9 rows looked at cannot be scored:"), "\(check.output)")
      let run = try SalienceBinary.run(["run", tiny.path, "--max-bad-rows", "50%"], in: tiny.scratch)
      #expect(run.status == 0)
      for printed in [check.output, run.errors] {
        let shown = printed.split(separator: "\n").filter { $0.contains("texts.csv, row ") }
        #expect(shown.count == 3, "\(printed)")
        for (line, row) in zip(shown, [1, 3, 5]) {
          #expect(line.contains("texts.csv, row \(row), line \(row + 2), byte "), "\(line)")
          #expect(line.contains("3 fields"), "\(line)")
        }
      }
      // What an earlier attempt found is shown as well.
      let again = try SalienceBinary.run(
        ["run", tiny.path, "--max-bad-rows", "50%", "--resume", "--json", "--quiet"], in: tiny.scratch)
      let json = try JSONSerialization.jsonObject(with: Data(again.output.utf8)) as? [String: Any]
      #expect((json?["first_bad_rows"] as? [[String: Any]])?.compactMap { $0["row"] as? Int } == [1, 3, 5])
    }

    @Test func notesOfTheDatasetAreInTheJSON() throws {
      // Quotes that are plain text, told by the counts of fields.
      let tiny = try TinyPipeline(dataset: "id,text\n0,\"fine film\n1,so fine\"\n2,the end\n")
      let people = try SalienceBinary.run(["check", tiny.path], in: tiny.scratch)
      let notes = try #require(try plan(tiny)["dataset_notes"] as? [String])
      #expect(notes.count == 1 && notes.allSatisfy { people.errors.contains($0) }, "\(notes) \(people.errors)")
      let plain = try TinyPipeline(dataset: "id,text\n0,fine\n")
      #expect(try plan(plain)["dataset_notes"] as? [String] == [])
    }

    @Test(arguments: ["id,text\na,one,too many\nb,two,too many\n", "id,text\n"])
    func nothingToScoreIsNotValid(_ dataset: String) throws {
      let tiny = try TinyPipeline(dataset: dataset)
      let result = try SalienceBinary.run(["check", tiny.path], in: tiny.scratch)
      #expect(result.status == 65, "\(result.output)")
      #expect(!result.output.contains(": valid"))
      #expect(result.errors.contains(dataset.contains("one") ? "not one of the 2 rows" : "no rows"), "\(result.errors)")
    }

    @Test func limitBoundsThePlan() throws {
      let tiny = try TinyPipeline(dataset: "id,text\n" + (0..<2000).map { "\($0),a film\n" }.joined())
      let all = try plan(tiny)
      #expect(all["rows"] as? Int == 2000 && all["sampled_rows"] as? Int == 512 + 256)
      let some = try plan(tiny, "--limit", "700")
      #expect(some["rows"] as? Int == 700 && some["sampled_rows"] as? Int == 700)
      let few = try plan(tiny, "--limit", "3")
      #expect(few["rows"] as? Int == 3 && few["sampled_rows"] as? Int == 3)
      let wrong = try SalienceBinary.run(["check", tiny.path, "--limit", "0"], in: tiny.scratch)
      #expect(wrong.status == 64 && wrong.errors.contains("--limit takes a number of rows"), "\(wrong.errors)")
    }

    /// Short texts at the beginning must not stand for the long ones behind them.
    @Test func theRestOfTheDatasetCounts() throws {
      let long = Array(repeating: "film", count: 29).joined(separator: " ")
      let tiny = try TinyPipeline(
        dataset: "id,text\n" + (0..<1024).map { "\($0),\($0 < 512 ? "film" : long)\n" }.joined())
      let model = try #require((try plan(tiny)["models"] as? [[String: Any]])?.first)
      #expect(try #require(model["tokens_per_row"] as? Double) == 17.0)  // 3 and 31
    }

    /// What the plan says of the disk against what the run's tables take.
    @Test func theDiskIsPlanned() throws {
      let words = ["a", "good", "bad", "odd", "slow", "film", "the", "of"]
      var dataset = "id,text\n"
      for row in 0..<1500 {
        let text: [String] = (0..<(3 + row % 20)).map { words[(row * 7 + $0 * 5) % 8] }
        dataset += "\(row),\(text.joined(separator: " "))\n"
      }
      let tiny = try TinyPipeline(dataset: dataset, steps: "steps: 1")
      let disk = try #require(try plan(tiny)["disk"] as? [String: Any])
      #expect(disk["fits"] as? Bool == true)
      #expect(try #require(disk["available"] as? Int) > 0)
      let planned = try #require(disk["bytes"] as? Double)
      #expect(!FileManager.default.fileExists(atPath: tiny.output))
      try #require(try tiny.run().status == 0)
      var taken = 0.0
      for data in try FileTree.tables(of: tiny.output).contents.values { taken += Double(data.count) }
      #expect(abs(planned - taken) < 0.25 * taken, "\(planned) bytes planned, \(taken) taken")
    }
  }
}
