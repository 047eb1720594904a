import Foundation
import SalienceTestSupport
import Testing

extension EndToEndTests {
  /// `--precision`, on the processor: what is asked for, what is used, and that a user is told.
  @Suite struct Precision {
    /// oneDNN's own variable makes any processor one without products of bfloat16.
    private static let withoutBFloat16 = ["ONEDNN_MAX_CPU_ISA": "AVX2"]

    private func precisions(in scratch: ScratchDirectory, environment: [String: String] = [:]) throws -> [String] {
      let result = try SalienceBinary.run(["devices", "--quiet", "--json"], environment: environment, in: scratch)
      let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
      let processor = try #require((json?["devices"] as? [[String: Any]])?.first { $0["name"] as? String == "cpu" })
      return try #require(processor["precisions"] as? [String])
    }

    private func recorded(_ tiny: TinyPipeline) throws -> [String: String] {
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(tiny.output)/run.json"))
      let json = try JSONSerialization.jsonObject(with: data) as? [String: Any]
      return try #require(json?["precision"] as? [String: String])
    }

    private func run(
      _ tiny: TinyPipeline, _ options: String..., environment: [String: String] = [:]
    ) throws -> SalienceBinary.Result {
      try SalienceBinary.run(
        ["run", tiny.path, "--quiet", "--device", "cpu"] + options, environment: environment, in: tiny.scratch)
    }

    @Test(arguments: ["f32", "bf16", "f16"]) func runTellsWhatItUsed(precision: String) throws {
      let tiny = try TinyPipeline()
      let isKnown = try precisions(in: tiny.scratch).contains(precision)
      let result = try run(tiny, "--precision", precision)
      #expect(result.status == 0, "\(result.errors)")
      #expect(try recorded(tiny) == ["asked": precision, "used": isKnown ? precision : "f32"])
      #expect(result.errors.contains("\(precision) is not available on cpu") == !isKnown)
      #expect(result.errors.isEmpty == isKnown, "\(result.errors)")
    }

    /// What a GPU was to do in f16 is done in f32 on the processor, which has no f16, and the run says so.
    @Test(.enabled(if: !VulkanTestDevice.all.isEmpty, VulkanTestDevice.absence)) func fallbacksTellWhatTheyUsed() throws
    {
      let device = try #require(VulkanTestDevice.all.first).name
      // Two units.
      let rows = (0..<1200).map { "\($0),a \($0 % 3 == 0 ? "good" : "bad") film\n" }
      let tiny = try TinyPipeline(dataset: "id,text\n" + rows.joined(), steps: "steps: 2")
      func run(_ options: String...) throws -> SalienceBinary.Result {
        try SalienceBinary.run(
          ["run", tiny.path, "--quiet", "--device", device, "--precision", "f16"] + options,
          environment: ["XDG_CACHE_HOME": tiny.scratch.path], in: tiny.scratch)
      }
      /// Examples scored on the processor, and the precisions in use.
      func fallBack(losingSubmission number: Int) throws -> (elsewhere: Int, used: [String]) {
        let result = try run("--overwrite", "--fallback", "cpu", "--inject-fault", "lost=\(number)")
        try #require(result.status == 0 && tiny.isPublished, "\(result.errors)")
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(tiny.output)/run.json"))
        let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect((json["counts"] as? [String: Any])?["ok"] as? Int == rows.count)
        let (precision, fallback) = (json["precision"] as? [String: Any], json["fallback"] as? [String: Any])
        #expect(result.errors.contains("going on on cpu") == (fallback != nil), "\(result.errors)")
        let used = (precision?["used"] as? String).map { [$0] } ?? precision?["used"] as? [String]
        return (fallback?["examples"] as? Int ?? 0, try #require(used))
      }
      let lost = try run("--inject-fault", "lost=1")
      #expect(lost.status != 0 && !tiny.isPublished)
      #expect(lost.errors.contains("--fallback cpu"), "\(lost.errors)")
      #expect(try run("--inject-fault", "lost=0").status == 64)
      let (all, onlyProcessor) = try fallBack(losingSubmission: 1)
      #expect(all == rows.count && onlyProcessor == ["f32"])
    }

    @Test func aProcessorWithoutItKeepsFloat32() throws {
      let tiny = try TinyPipeline()
      #expect(try precisions(in: tiny.scratch, environment: Self.withoutBFloat16) == ["f32"])
      let result = try run(tiny, "--precision", "bf16", environment: Self.withoutBFloat16)
      #expect(result.status == 0)
      #expect(result.errors.contains("bf16 is not available on cpu"), "\(result.errors)")
      #expect(result.errors.contains("f32 is used"), "\(result.errors)")
      #expect(try recorded(tiny) == ["asked": "bf16", "used": "f32"])
      guard try precisions(in: tiny.scratch).contains("bf16") else { return }
      // The rest of a run is not computed in another precision than its beginning.
      let resumed = try run(tiny, "--precision", "bf16", "--resume")
      #expect(resumed.status == 73)
      #expect(resumed.errors.contains("precision in use: f32, now bf16"), "\(resumed.errors)")
    }

    @Test func attributeAndCheckTakeIt() throws {
      let tiny = try TinyPipeline()
      let model = ["--model", TinyPipeline.checkpoint("bert-2-f32"), "--device", "cpu"]
      let text = try SalienceBinary.run(
        ["attribute", "a good film", "--json", "--precision", "bf16"] + model, environment: Self.withoutBFloat16,
        in: tiny.scratch)
      #expect(text.status == 0)
      #expect(text.errors.contains("bf16 is not available on cpu"), "\(text.errors)")
      #expect((try JSONSerialization.jsonObject(with: Data(text.output.utf8)) as? [String: Any]) != nil)
      let check = try SalienceBinary.run(
        ["check", tiny.path, "--json", "--device", "cpu", "--precision", "bf16"], in: tiny.scratch)
      #expect(check.status == 0, "\(check.errors)")
      let json = try JSONSerialization.jsonObject(with: Data(check.output.utf8)) as? [String: Any]
      let used = try precisions(in: tiny.scratch).contains("bf16") ? "bf16" : "f32"
      #expect((json?["device"] as? [String: Any])?["precision"] as? String == used)
      for command in [["run", tiny.path], ["attribute", "a"] + model] {
        let bad = try SalienceBinary.run(command + ["--precision", "b16"], in: tiny.scratch)
        #expect(bad.status == 64)
        #expect(bad.errors.contains("--precision b16: 'precision' must be one of f32, bf16, f16"), "\(bad.errors)")
      }
    }
  }
}
