import Foundation
import Testing

extension EndToEndTests {
  /// `--profile`: a table for people, the same as data, and nothing unasked.
  @Suite struct ProfileCommand {
    private let tiny: TinyPipeline

    init() throws { tiny = try TinyPipeline() }

    private func runFile() throws -> [String: Any] {
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(tiny.output)/run.json"))
      return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func runTellsWhereTimeGoes() throws {
      let result = try tiny.run("--device", "cpu", "--profile")
      #expect(result.status == 0 && result.output.isEmpty)
      #expect(result.errors.contains("GFLOP/s") && result.errors.contains("ceilings, measured here:"))
      let profile = try #require(try runFile()["profile"] as? [String: Any])
      let kernels = try #require(profile["kernels"] as? [[String: Any]])
      let names = kernels.compactMap { $0["kernel"] as? String }
      for name in ["linear", "linear_backward", "attention", "layer_norm_backward"] {
        #expect(names.contains(name))
        #expect(result.errorLines.contains { $0.hasPrefix(name + " ") })
      }
      for kernel in kernels {
        // Operands in a cache may be read faster than a large copy.
        let share = try #require((kernel["fraction_of_ceiling"] as? NSNumber)?.doubleValue)
        #expect(share >= 0, "\(kernel)")
      }
    }

    @Test func jsonHoldsTheProfileToo() throws {
      let result = try tiny.run("--device", "cpu", "--profile", "--json")
      #expect(result.status == 0)
      let json = try #require(
        try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      let profile = try #require(json["profile"] as? [String: Any])
      #expect((profile["ceilings"] as? [String: Any])?["flops_per_second"] as? Double ?? 0 > 1e8)
    }

    @Test func nothingIsSaidUnasked() throws {
      let result = try tiny.run("--device", "cpu")
      #expect(result.status == 0 && result.errors.isEmpty)
      #expect(try runFile()["profile"] == nil)
      #expect(try runFile()["fallback"] == nil)
    }

    @Test func scoresAreTheSame() throws {
      func tokens(_ options: String...) throws -> String {
        let result = try SalienceBinary.run(
          ["run", tiny.path, "--quiet", "--overwrite", "--device", "cpu"] + options, in: tiny.scratch)
        try #require(result.status == 0, "\(result.errors)")
        return try String(contentsOfFile: "\(tiny.output)/tokens.csv", encoding: .utf8)
      }
      let plain = try tokens()
      #expect(try tokens("--profile") == plain)
      #expect(try tokens("--fallback", "cpu") == plain)
    }

    @Test func fallbackTakesTheProcessorAlone() throws {
      let result = try tiny.run("--fallback", "vulkan:0")
      #expect(result.status == 64)
      #expect(result.errors.contains("--fallback"))
    }

    @Test func attributeTellsWhereTimeGoes() throws {
      let arguments = [
        "attribute", "a good film", "--model", TinyPipeline.checkpoint("bert-2-f32"), "--device", "cpu", "--steps", "4",
      ]
      let plain = try SalienceBinary.run(arguments, in: tiny.scratch)
      let timed = try SalienceBinary.run(arguments + ["--profile"], in: tiny.scratch)
      #expect(plain.status == 0 && timed.status == 0)
      #expect(timed.output == plain.output)
      #expect(plain.errors.isEmpty && timed.errors.contains("linear_backward"))
    }
  }
}
