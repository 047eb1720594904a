import Foundation
import Testing

extension EndToEndTests {
  /// What `export` and `compare` make of a run that is unfinished or damaged, and of paths that are none.
  @Suite struct PartialRun {
    private let tiny: TinyPipeline
    private let part: String

    init() throws {
      tiny = try TinyPipeline(models: ["bert-2-f32", "distilbert-2-f16"])
      part = "\(tiny.output)/attributions/model=distilbert-2-f16/part-00000.parquet"
      let run = try tiny.run()
      try #require(run.status == 0, "\(run.errors)")
    }

    private var export: [String] { ["export", tiny.output, "--output", "\(tiny.scratch.path)/t.csv"] }
    private var compare: [String] { ["compare", tiny.output, "--output", "\(tiny.scratch.path)/c"] }

    private func run(_ arguments: [String]) throws -> SalienceBinary.Result {
      try SalienceBinary.run(arguments, in: tiny.scratch)
    }

    /// Exit code 65 that names what is missing; with --partial, a warning that names it.
    private func expectRefusal(_ naming: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
      for command in [export, compare] {
        let result = try run(command)
        #expect(result.status == 65 && result.output.isEmpty, "\(result.errors)", sourceLocation: sourceLocation)
        #expect(result.errorLines.count == 1, "\(result.errors)", sourceLocation: sourceLocation)
        for text in [naming, "--partial", tiny.output] {
          #expect(result.errors.contains(text), "\(result.errors)", sourceLocation: sourceLocation)
        }
        for left in ["t.csv", "c"] {
          let path = "\(tiny.scratch.path)/\(left)"
          #expect(!FileManager.default.fileExists(atPath: path), sourceLocation: sourceLocation)
        }
      }
      for command in [export, compare] {
        let partial = try run(command + ["--partial"])
        #expect(partial.status == 0, "\(partial.errors)", sourceLocation: sourceLocation)
        #expect(partial.errors.contains("warning: \(tiny.output) is unfinished or damaged"), "\(partial.errors)")
        #expect(partial.errors.contains(naming), "\(partial.errors)", sourceLocation: sourceLocation)
        let json = try run(command + ["--partial", "--json", "--quiet"])
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        let missing = try #require(object?["missing"] as? [String], sourceLocation: sourceLocation)
        #expect(missing.contains { $0.contains(naming) }, "\(missing)", sourceLocation: sourceLocation)
      }
    }

    @Test func anUnfinishedRun() throws {
      for name in ["_SUCCESS", "run.json"] { try FileManager.default.removeItem(atPath: "\(tiny.output)/\(name)") }
      try expectRefusal("the run is not finished")
    }

    @Test func aMissingPart() throws {
      try FileManager.default.removeItem(atPath: part)
      try expectRefusal("\(part): missing")
    }

    @Test func aPartOfOtherBytes() throws {
      let other = part.replacing("distilbert-2-f16", with: "bert-2-f32")
      try Data(contentsOf: URL(fileURLWithPath: other)).write(to: URL(fileURLWithPath: part))
      try expectRefusal("\(part): differs from its checksum")
    }

    @Test func aRunWithoutItsRecords() throws {
      try FileManager.default.removeItem(atPath: "\(tiny.output)/state")
      try expectRefusal("state: missing")
    }

    @Test func aWholeRunNeedsNothing() throws {
      for command in [export, compare] {
        let result = try run(command + ["--quiet"])
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
      }
    }

    @Test func pairsAreChosenByName() throws {
      let result = try run(compare + ["--pairs", "distilbert-2-f16:bert-2-f32"])
      #expect(result.status == 0 && result.output.hasPrefix("distilbert-2-f16 -> bert-2-f32\n"), "\(result.errors)")
      for (pairs, said) in [("last", "consecutive, first, all"), ("bert-2-f32:x", "bert-2-f32, distilbert-2-f16")] {
        let refused = try run(compare + ["--pairs", pairs])
        #expect(refused.status == 64 && refused.errors.contains(said), "\(refused.errors)")
      }
    }

    @Test func anEmptyPathIsNoPath() throws {
      let check = ["check", tiny.path], model = TinyPipeline.checkpoint("bert-2-f32")
      let commands = [
        ["compare", tiny.output, "--output", ""], ["compare", "", "--output", "c"],
        ["export", tiny.output, "--output", ""],
        ["export", ""], ["verify", ""], ["check", ""], ["run", ""], check + ["--output", ""], check + ["--model", ""],
        check + ["--input", ""], check + ["--set", "output.directory="], check + ["--set", "dataset.path="],
        ["attribute", "a", "--model", ""], ["run", tiny.path, "--overwrite", "--output", "", "--model", model],
      ]
      for command in commands {
        let result = try run(command)
        #expect(result.status == 64, "\(command): \(result.status) \(result.errors)")
      }
    }
  }

  /// Commands that write one file at the same time.
  @Suite struct SharedTarget {
    @Test func eachFileIsOneProcesss() throws {
      let tiny = try TinyPipeline(models: ["bert-2-f32", "distilbert-2-f16"])
      let run = try tiny.run()
      try #require(run.status == 0, "\(run.errors)")
      let (target, folder) = ("\(tiny.scratch.path)/t.csv", "\(tiny.scratch.path)/c")
      func files(_ path: String) throws -> [Data] {
        try ["\(path)/t.csv", "\(path)/c/comparison.csv", "\(path)/c/words.csv"].map {
          try Data(contentsOf: URL(fileURLWithPath: $0))
        }
      }
      // What each of the two would write alone: tokens or words, with formulas guarded or not.
      let variants = [
        [[], ["--pairs", "first"]], [["--words", "sum"], ["--pairs", "distilbert-2-f16:bert-2-f32"]],
      ]
      var alone: [[Data]] = []
      for variant in variants {
        let export = ["export", tiny.output, "--output", target, "--quiet"] + variant[0]
        let compare = ["compare", tiny.output, "--output", folder, "--quiet", "--minimum-count", "1"] + variant[1]
        for command in [export, compare] {
          let result = try SalienceBinary.run(command, in: tiny.scratch)
          try #require(result.status == 0, "\(result.errors)")
        }
        alone.append(try files(tiny.scratch.path))
      }
      #expect(alone[0][0] != alone[1][0] && alone[0][1] != alone[1][1])
      for _ in 0..<4 {
        let two = "--pairs distilbert-2-f16:bert-2-f32"
        let commands = [
          "export '\(tiny.output)' --output '\(target)' --quiet",
          "export '\(tiny.output)' --output '\(target)' --words sum",
          "compare '\(tiny.output)' --output '\(folder)' --quiet --minimum-count 1",
          "compare '\(tiny.output)' --output '\(folder)' --quiet --minimum-count 1 \(two)",
        ]
        let started = commands.map { "\"$0\" \($0) & p=\"$p $!\"\n" }.joined()
        let result = try SalienceBinary.run(
          program: "/bin/sh", ["-c", started + "for i in $p; do wait $i || exit 1; done", SalienceBinary.path],
          in: tiny.scratch)
        #expect(result.status == 0, "\(result.errors)")
        let found = try files(tiny.scratch.path)
        #expect(alone.contains { $0[0] == found[0] })
        // Both tables of a comparison are the same one's.
        #expect(alone.contains { $0[1] == found[1] && $0[2] == found[2] })
      }
      let left = try FileManager.default.subpathsOfDirectory(atPath: tiny.scratch.path)
      #expect(!left.contains { $0.hasSuffix(".partial") })
    }
  }
}
