import Foundation
import SaliencePipeline
import SalienceTestSupport
import Testing

/// Patterns among a pipeline's models.
@Suite struct ModelPathsTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    for name in ["checkpoint-216", "checkpoint-60", "checkpoint-0432", "checkpoint-best", "other-5", "a[b]"] {
      try FileManager.default.createDirectory(
        atPath: "\(directory.path)/\(name)", withIntermediateDirectories: true)
    }
    try Data().write(to: URL(fileURLWithPath: "\(directory.path)/checkpoint-file"))
  }

  private func names(_ models: String...) throws -> [String] {
    try ModelPaths.expanded(models.map { "\(directory.path)/\($0)" }).map {
      String($0.dropFirst(directory.path.count + 1))
    }
  }

  @Test func namesThatEndInANumberAreInItsOrder() throws {
    #expect(
      try names("checkpoint-*") == ["checkpoint-60", "checkpoint-216", "checkpoint-0432", "checkpoint-best"])
    #expect(try names("checkpoint-[0-9]*") == ["checkpoint-60", "checkpoint-216", "checkpoint-0432"])
  }

  @Test func modelsStayInTheOrderThatTheFileNamesThem() throws {
    #expect(
      try names("other-*", "checkpoint-216", "checkpoint-??*")
        == ["other-5", "checkpoint-216", "checkpoint-60", "checkpoint-0432", "checkpoint-best"])
    // What is no pattern is left as it is, were it not there or to be looked up in the cache.
    #expect(try ModelPaths.expanded(["org/name", "nowhere"]) == ["org/name", "nowhere"])
    #expect(try names("a[b]") == ["a[b]"])
  }

  @Test func aPatternWithoutAMatchIsMissing() throws {
    let error = #expect(throws: PipelineError.self) { try names("step-*") }
    #expect(error?.kind == .missing && error?.place == "\(directory.path)/step-*")
  }
}
