import Foundation
import Testing

extension EndToEndTests {
  /// What may happen to an output directory that holds something.
  @Suite struct ExistingRun {
    private let tiny: TinyPipeline

    init() throws {
      tiny = try TinyPipeline()
      let first = try tiny.run()
      try #require(first.status == 0, "\(first.errors)")
    }

    @Test func isKeptUnlessToldOtherwise() throws {
      let before = try FileTree(tiny.output)
      let result = try tiny.run()
      #expect(result.status == 73)
      #expect(result.errorLines.count == 1)
      for part in [tiny.output, "--resume", "--overwrite"] { #expect(result.errors.contains(part)) }
      #expect(try FileTree(tiny.output).differences(from: before).isEmpty)
    }

    @Test func isNotResumedWithOtherSteps() throws {
      let before = try FileTree(tiny.output)
      let result = try tiny.run("--resume", "--set", "methods.0.steps=5")
      #expect(result.status == 73)
      #expect(result.errorLines.count == 1)
      #expect(result.errors.contains("methods.0.steps: 4, now 5"), "\(result.errors)")
      #expect(try FileTree(tiny.output).differences(from: before).isEmpty)
    }

    @Test func isNotResumedWithOtherTexts() throws {
      try tiny.scratch.write(TinyPipeline.dataset + "d,a new film\n", to: "texts.csv")
      let result = try tiny.run("--resume")
      #expect(result.status == 73)
      #expect(result.errors.contains("dataset"), "\(result.errors)")
    }

    @Test func overwritingMakesTheSameTablesAndKeepsForeignFiles() throws {
      let tables = try FileTree.tables(of: tiny.output)
      try tiny.scratch.write("keep me", to: "run/notes.txt")
      #expect(try tiny.run("--overwrite").status == 0)
      #expect(try FileTree.tables(of: tiny.output).differences(from: tables).isEmpty)
      #expect(try String(contentsOfFile: "\(tiny.output)/notes.txt", encoding: .utf8) == "keep me")
    }

    @Test func overwritingReplacesEveryTable() throws {
      let before = try FileTree.tables(of: tiny.output)
      #expect(try tiny.run("--overwrite", "--set", "methods.0.steps=5").status == 0)
      let changed = try FileTree.tables(of: tiny.output).differences(from: before)
      #expect(changed.contains("tokens.csv") && changed.contains { $0.hasPrefix("attributions/") })
    }
  }
}
