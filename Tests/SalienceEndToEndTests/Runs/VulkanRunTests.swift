import Foundation
import SalienceTestSupport
import Testing

extension EndToEndTests {
  /// Whole runs on a Vulkan device, beside the processor's.
  @Suite(.enabled(if: !VulkanTestDevice.all.isEmpty, VulkanTestDevice.absence)) struct VulkanRun {
    private static let hasValidation = FileManager.default.fileExists(
      atPath: "/usr/share/vulkan/explicit_layer.d/VkLayer_khronos_validation.json")

    /// The demonstration over its first 20 rows, under both models, with as many steps as a software device does in
    /// seconds.
    private static func demo(
      on device: String, to name: String, validation: Bool = false, in scratch: ScratchDirectory
    ) throws -> String {
      let output = "\(scratch.path)/\(name)"
      let result = try SalienceBinary.run(
        [
          "run", "pipelines/demo.yaml", "--limit", "20", "--set", "methods.0.steps=10", "--device", device, "--output",
          output, "--quiet",
        ], environment: ["SALIENCE_VULKAN_VALIDATION": validation ? "1" : "0"], in: scratch)
      try #require(result.status == 0, "\(result.errors)")
      #expect(result.errors.isEmpty, "validation, too, has nothing to say: \(result.errors)")
      return output
    }

    @Test(arguments: VulkanTestDevice.all) func demoGivesTheCPUsTables(device: VulkanTestDevice) throws {
      let scratch = try ScratchDirectory()
      let own = try Self.demo(on: device.name, to: "vulkan", in: scratch)
      let again = try Self.demo(on: device.name, to: "again", validation: Self.hasValidation, in: scratch)
      let cpu = try Self.demo(on: "cpu", to: "cpu", in: scratch)
      let tables = try FileTree.tables(of: own)
      #expect(try FileTree.tables(of: again).differences(from: tables).isEmpty, "two runs")
      #expect(try FileTree.tables(of: cpu).paths == tables.paths)

      let scores = try TokenScores("\(own)/tokens.csv").examples
      let expected = try TokenScores("\(cpu)/tokens.csv").examples
      #expect(expected.count == 40 && Set(scores.keys) == Set(expected.keys))
      var worst = 0.0
      for (key, example) in expected {
        let other = try #require(scores[key])
        #expect(other.cells == example.cells, "\(key): tokens, offsets and predictions")
        let error = TokenScores.distance(other.attributions, example.attributions)
        #expect(error <= 1e-4, "\(key): scores")
        #expect(TokenScores.distance(other.normalized, example.normalized) <= 1e-4, "\(key): normalised scores")
        #expect(TokenScores.distance(other.probabilities, example.probabilities) <= 1e-4, "\(key): probability")
        worst = max(worst, error)
      }
      print("\(device.name): 20 rows of the demonstration, worst score \(worst) of the norm from the CPU's")

      let summary = try Data(contentsOf: URL(fileURLWithPath: "\(own)/run.json"))
      let json = try #require(try JSONSerialization.jsonObject(with: summary) as? [String: Any])
      #expect((json["device"] as? [String: Any])?["name"] as? String == device.name)
    }

    /// Three units under one model, killed after the first.
    @Test func resumedAfterAKillEqualsUninterrupted() throws {
      let device = try #require(VulkanTestDevice.all.first).name
      let rows = (0..<2100).map { "\($0),a \($0 % 3 == 0 ? "good" : "bad") film\n" }
      let tiny = try TinyPipeline(dataset: "id,text\n" + rows.joined(), steps: "steps: 2")
      func run(
        to output: String, _ options: [String] = [], killWhen: (() -> Bool)? = nil
      ) throws -> SalienceBinary.Result {
        try SalienceBinary.run(
          ["run", tiny.path, "--device", device, "--output", output, "--quiet"] + options, in: tiny.scratch,
          killWhen: killWhen)
      }
      func manifests(_ output: String) -> Int {
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: "\(output)/state")) ?? []
        return paths.count { $0.contains("/unit-") && $0.hasSuffix(".json") }
      }
      let (whole, resumed) = ("\(tiny.scratch.path)/whole", "\(tiny.scratch.path)/resumed")
      let uninterrupted = try run(to: whole)
      try #require(uninterrupted.status == 0, "\(uninterrupted.errors)")
      #expect(manifests(whole) == 3)
      let killed = try run(to: resumed) { manifests(resumed) > 0 }
      try #require(killed.wasKilled && killed.status == SIGKILL)
      try #require((1..<3).contains(manifests(resumed)))
      let rest = try run(to: resumed, ["--resume"])
      try #require(rest.status == 0, "\(rest.errors)")
      #expect(try FileTree.tables(of: resumed).differences(from: .tables(of: whole)).isEmpty)
      #expect(try FileTree(resumed).paths == FileTree(whole).paths, "nothing is left behind")
    }
  }
}
