import SalienceAttribution
import SalienceJSON
import SaliencePipeline
import Testing

/// The key `noise` of a method.
@Suite struct PipelineNoiseTests {
  private func pipeline(_ noise: String) throws -> Pipeline {
    try PipelineFile.parse(
      """
      models: m
      dataset: {path: d.csv, columns: {text: text}}
      methods:
        - name: integrated-gradients
          id: ig\(noise.isEmpty ? "" : "\n    noise: \(noise)")
      output: {directory: out}
      """, path: "p.yaml")
  }

  private func tunnel(_ noise: String) throws -> NoiseTunnel? { try pipeline(noise).methods[0].method as? NoiseTunnel }

  @Test func readsEveryKey() throws {
    let tunnel = try tunnel("{kind: vargrad, samples: 20, deviation: 0.25, seed: 7}")
    #expect(tunnel?.kind == .varGrad && tunnel?.samples == 20 && tunnel?.deviation == 0.25 && tunnel?.seed == 7)
    #expect(tunnel?.method is IntegratedGradients)
  }

  @Test func fillsInDefaults() throws {
    #expect(try tunnel("") == nil)
    #expect(try tunnel("null") == nil)
    let three = try tunnel("{samples: 3}")
    #expect(three?.kind == .smoothGrad && three?.samples == 3 && three?.deviation == 0.1 && three?.seed == 0)
    #expect(try tunnel("{kind: smoothgrad-squared}")?.samples == 8)
  }

  @Test func isPartOfTheResolvedPipeline() throws {
    let resolved = try pipeline("{deviation: 0.5}").resolved["methods"]?[0]?["noise"]
    let json: JSONValue = ["kind": "smoothgrad", "samples": 8, "deviation": 0.5, "seed": 0]
    #expect(resolved == json)
    #expect(try pipeline("").resolved["methods"]?[0]?["noise"] == nil)
    let (seeds, none): (JSONValue, JSONValue) = (["ig": 9], [:])
    #expect(try pipeline("{seed: 9}").seeds == seeds)
    #expect(try pipeline("").seeds == none)
  }

  @Test func anotherSeedIsAnotherRun() throws {
    func fingerprint(_ noise: String) throws -> RunFingerprint {
      RunFingerprint(pipeline: try pipeline(noise), unitRows: 4, limit: nil, models: [], dataset: [])
    }
    #expect(try fingerprint("{seed: 1}").differences(from: fingerprint("{seed: 1}")) == [])
    #expect(try fingerprint("{seed: 2}").differences(from: fingerprint("{seed: 1}")).count == 1)
    #expect(try fingerprint("{seed: 1}").differences(from: fingerprint("")).count == 1)
  }

  @Test(arguments: [
    ("{sampels: 3}", "p.yaml:6: unknown key 'sampels' in 'methods.0.noise'; the nearest is 'samples'"),
    ("{kind: smoothgard}", "p.yaml:6: 'methods.0.noise.kind' must be one of smoothgrad, smoothgrad-squared, vargrad"),
    ("{samples: 0}", "p.yaml:6: 'methods.0.noise.samples' must be a whole number from 1 to 1000"),
    ("{kind: vargrad, samples: 1}", "p.yaml:6: 'methods.0.noise.samples' must be at least 2 for vargrad"),
    ("{deviation: 0}", "p.yaml:6: 'methods.0.noise.deviation' must be a number above 0"),
    ("{deviation: 1e300}", "p.yaml:6: 'methods.0.noise.deviation' is too large"),
    ("{seed: -1}", "p.yaml:6: 'methods.0.noise.seed' must be a whole number from 0"),
    ("smoothgrad", "p.yaml:6: 'methods.0.noise' must be a mapping with the keys kind, samples, deviation, seed"),
  ])
  func namesFileLineAndKey(_ noise: String, _ message: String) throws {
    let error = try #require(throws: PipelineError.self) { try pipeline(noise) }
    #expect(error.kind == .usage)
    #expect(error.description.hasPrefix(message), "\(error)")
  }

  @Test func overridesMakeTheMapping() throws {
    let pipeline = try PipelineFile.parse(
      "{models: m, dataset: {path: d.csv, columns: {text: text}}, methods: [{name: integrated-gradients}], "
        + "output: {directory: out}}",
      path: "p.yaml", overrides: [try PipelineOverride(set: "methods.0.noise.samples=4")])
    #expect((pipeline.methods[0].method as? NoiseTunnel)?.samples == 4)
  }
}
