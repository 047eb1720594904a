import Foundation
import SalienceJSON
import SaliencePipeline
import SalienceTensors
import SalienceTestSupport
import Testing

/// The precision that a run asks for and the one it gets.
@Suite struct PrecisionTests {
  private func pipeline(_ precision: Precision) throws -> Pipeline {
    var pipeline = try fakePipeline()
    pipeline.precision = precision
    return pipeline
  }

  private func fingerprint(asked: Precision, used: Precision?) throws -> RunFingerprint {
    RunFingerprint(
      pipeline: try pipeline(asked), precision: used, unitRows: 64, limit: nil, models: [], dataset: [])
  }

  @Test(arguments: Precision.allCases) func everyPrecisionCanBeAskedFor(precision: Precision) throws {
    let text = """
      models: [a]
      dataset: {path: x.csv, columns: {text: text}}
      methods: [{name: integrated-gradients}]
      precision: \(precision.rawValue)
      output: {directory: out}
      """
    let pipeline = try PipelineFile.parse(text, path: "p.yaml")
    #expect(pipeline.precision == precision)
    #expect(pipeline.resolved["precision"]?.stringValue == precision.rawValue)
    #expect(try Pipeline.Precision(option: precision.rawValue) == precision)
  }

  @Test func optionsAreChecked() throws {
    #expect(try Pipeline.Precision(option: nil) == .f32)
    let error = try #require(throws: PipelineError.self) { try Pipeline.Precision(option: "b16") }
    #expect(error.kind == .usage)
    #expect(error.description.hasPrefix("--precision b16: 'precision' must be one of f32, bf16, f16, not 'b16'"))
  }

  /// A device without the precision computes in f32, and a run does not go on in another precision than it began in.
  @Test func aRunKeepsItsPrecision() throws {
    let begun = try fingerprint(asked: .bf16, used: .bf16)
    #expect(try fingerprint(asked: .bf16, used: nil) == begun)
    let other = try fingerprint(asked: .bf16, used: .f32)
    #expect(other.differences(from: begun) == ["precision in use: bf16, now f32"])
    #expect(try fingerprint(asked: .f16, used: .f32).differences(from: other).count == 1)
  }

  @Test func fingerprintsAreReadBack() throws {
    let directory = try TemporaryDirectory()
    let stored = try fingerprint(asked: .bf16, used: .bf16)
    try stored.claim(RunLayout(path: directory.path))
    let path = RunLayout(path: directory.path).fingerprint
    #expect(try RunFingerprint(path: path) == stored)
    #expect(throws: PipelineError.self) {
      try fingerprint(asked: .bf16, used: .f32).claim(RunLayout(path: directory.path))
    }
    // One that was written before precisions were a choice.
    let old = try fingerprint(asked: .f32, used: .f32)
    let members = (old.json.objectValue ?? []).filter { $0.name != "precision_in_use" }
    try Data(JSONValue.object(members).text().utf8).write(to: URL(fileURLWithPath: path))
    #expect(try RunFingerprint(path: path) == old)
  }

  @Test func runFilesTellBoth() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/run"
    let summary = try await fakeRun(path).execute()
    #expect(summary.isFinished)
    let file = try JSONValue(parsing: [UInt8](Data(contentsOf: URL(fileURLWithPath: path + "/run.json"))))
    #expect(file["precision"]?["asked"]?.stringValue == "f32")
    #expect(file["precision"]?["used"]?.stringValue == "f32")
  }

  @Test func devicesSayWhatTheyLack() {
    let device = DeviceDescription(name: "cpu", details: "a processor", concurrency: 1)
    #expect(device.substitution(for: .f32) == nil)
    #expect(device.substitution(for: .bf16)?.contains("bf16 is not available on cpu") == true)
    #expect(Precision.f16.available(in: [.f32, .bf16]) == .f32)
    #expect(Precision.bf16.available(in: [.f32, .bf16]) == .bf16)
  }
}
