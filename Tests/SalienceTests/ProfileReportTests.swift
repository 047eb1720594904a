import Foundation
import Salience
import SalienceAttribution
import SalienceCPU
import SalienceCheckpoints
import SalienceTensors
import SalienceTestSupport
import Testing

/// Where time goes on the processor, told in numbers that add up.
@Suite struct ProfileReportTests {
  /// A report of one text under the smallest fixture checkpoint.
  private func report() async throws -> (report: ProfileReport, flops: Int) {
    let backend = CPUBackend(threads: 2, profile: true)
    let method = try IntegratedGradients(steps: 4)
    let model = try await AttributionModel(checkpoint: Fixture.checkpoint(), methods: [method], on: backend)
    let input = try model.input("a fine film")
    _ = try await model.score([input])
    let ceilings = DeviceCeilings(flopsPerSecond: 1e15, bytesPerSecond: 1e15, source: "numbers made up")
    let profile = try #require(backend.profile)
    return (ProfileReport(profile, ceilings: ceilings), model.flops(windows: [input.windows[0].count]))
  }

  /// What the kernels were counted with is what the plans ask for.
  @Test func countsTheFLOPsOfThePlans() async throws {
    let (report, expected) = try await report()
    let counted = report.profile.entries.values.reduce(0) { $0 + $1.work.flops }
    #expect(counted == expected)
    #expect(report.profile.entries.values.allSatisfy { $0.calls > 0 && $0.work.bytes > 0 })
  }

  @Test func textAndDataAgree() async throws {
    let (report, _) = try await report()
    let kernels = try #require(report.json["kernels"]?.arrayValue)
    #expect(Set(kernels.compactMap { $0["kernel"]?.stringValue }) == Set(report.profile.entries.keys))
    #expect(abs(kernels.reduce(0) { $0 + ($1["share"]?.doubleValue ?? 0) } - 1) < 1e-9)
    let seconds = kernels.compactMap { $0["seconds"]?.doubleValue }
    #expect(seconds == seconds.sorted(by: >))
    let lines = report.text.split(separator: "\n")
    #expect(lines.count == kernels.count + 3)
    #expect(lines[0].hasPrefix("kernel "))
    for (line, kernel) in zip(lines.dropFirst(), kernels) {
      #expect(line.split(separator: " ")[0] == kernel["kernel"]?.stringValue ?? "")
    }
    #expect(report.text.contains("numbers made up"))
    #expect(report.json["ceilings"]?["flops_per_second"]?.doubleValue == 1e15)
    #expect(report.profile.utilisation > 0 && report.profile.utilisation <= 1)
  }

  @Test func nothingIsTimedUnasked() {
    #expect(CPUBackend(threads: 1).profile == nil)
  }

  @Test func ceilingsOfTheProcessorAreRates() async throws {
    let ceilings = try #require(try await CPUBackend(threads: 1).measureCeilings())
    #expect(ceilings.flopsPerSecond > 1e8 && ceilings.flopsPerSecond < 1e14)
    #expect(ceilings.bytesPerSecond > 1e8 && ceilings.bytesPerSecond < 1e13)
  }
}

/// The fixtures of `Tests/Fixtures/attribution`.
enum Fixture {
  static func checkpoint() throws -> Checkpoint {
    try Checkpoint(directory: fixtures.appending(path: "attribution/distilbert-2-f16").path)
  }

  /// One that generates.
  static func languageModel() throws -> Checkpoint {
    try Checkpoint(directory: fixtures.appending(path: "families/gpt2-causal-lm").path)
  }

  private static var fixtures: URL {
    Repository.fixtures
  }
}
