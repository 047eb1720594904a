import Foundation
import Testing

extension EndToEndTests {
  /// Folders of models are called what their owners like.
  @Suite struct ModelFolder {
    @Test func anyNameIsTheModelsNameInEveryOutput() throws {
      let tiny = try TinyPipeline()
      let copied = try tiny.scratch.copy(checkpoint: "bert-2-f32")
      let names = ["first model", "größe=2, 100%", "it's"]
      for name in names {
        try FileManager.default.createSymbolicLink(
          atPath: "\(tiny.scratch.path)/\(name)", withDestinationPath: copied)
      }
      let run = try tiny.run(names.flatMap { ["--model", "\(tiny.scratch.path)/\($0)"] })
      try #require(run.status == 0, "\(run.errors)")
      let csv = try String(contentsOfFile: "\(tiny.output)/tokens.csv", encoding: .utf8)
      let lines = csv.split(separator: "\n").dropFirst()
      for cell in ["first model,", "\"größe=2, 100%\",", "it's,"] {
        #expect(lines.count { $0.hasPrefix(cell) } == lines.count / 3 && !lines.isEmpty, "\(cell)")
      }
      let export = try SalienceBinary.run(["export", tiny.output], in: tiny.scratch)
      #expect(export.status == 0)
      #expect(
        export.output.split(separator: "\n").sorted() == csv.split(separator: "\n").sorted(),
        "the same lines, model by model")
      let comparison = try SalienceBinary.run(
        ["compare", tiny.output, "--output", "\(tiny.scratch.path)/comparison"], in: tiny.scratch)
      #expect(comparison.output.contains("first model -> größe=2, 100%"), "\(comparison.output)")
      #expect(try SalienceBinary.run(["verify", tiny.output], in: tiny.scratch).status == 0)
    }
  }
}
