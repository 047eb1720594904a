import Foundation
import Testing

extension EndToEndTests {
  @Suite struct InterruptedRun {
    /// Three units under each of two models.
    private static func run(
      to output: String, _ options: [String] = [], in scratch: ScratchDirectory, killWhen: (() -> Bool)? = nil
    ) throws -> SalienceBinary.Result {
      try SalienceBinary.run(
        [
          "run", "pipelines/demo.yaml", "--limit", "2200", "--set", "methods.0.steps=4", "--output", output, "--quiet",
        ] + options, in: scratch, killWhen: killWhen)
    }

    private static func manifests(of run: String) -> Int {
      let paths = (try? FileManager.default.subpathsOfDirectory(atPath: "\(run)/state")) ?? []
      return paths.count { $0.contains("/unit-") && $0.hasSuffix(".json") }
    }

    @Test func resumedAfterAKillEqualsUninterrupted() throws {
      let scratch = try ScratchDirectory()
      let whole = "\(scratch.path)/whole"
      let uninterrupted = try Self.run(to: whole, in: scratch)
      try #require(uninterrupted.status == 0, "\(uninterrupted.errors)")
      #expect(Self.manifests(of: whole) == 6)

      let resumed = "\(scratch.path)/resumed"
      let killed = try Self.run(to: resumed, in: scratch) { Self.manifests(of: resumed) > 0 }
      try #require(killed.wasKilled && killed.status == SIGKILL)
      try #require((1..<6).contains(Self.manifests(of: resumed)))
      let firstUnit = "\(resumed)/state/model=checkpoint-0100/unit-00000.json"
      let journalled = try Data(contentsOf: URL(fileURLWithPath: firstUnit))
      #expect(!FileManager.default.fileExists(atPath: "\(resumed)/_SUCCESS"))
      #expect(!FileManager.default.fileExists(atPath: "\(resumed)/run.json"))

      let rest = try Self.run(to: resumed, ["--resume"], in: scratch)
      try #require(rest.status == 0, "\(rest.errors)")
      #expect(try FileTree.tables(of: resumed).differences(from: .tables(of: whole)).isEmpty)
      #expect(try FileTree(resumed).paths == FileTree(whole).paths, "nothing is left behind")
      // The manifest holds the seconds the unit took: equal bytes mean that it was not scored again.
      #expect(try Data(contentsOf: URL(fileURLWithPath: firstUnit)) == journalled)
    }
  }
}
