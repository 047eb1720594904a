import Foundation
import Testing

extension EndToEndTests {
  /// The checkpoints that come with the repository are worth a first look.
  @Suite struct DemoModels {
    /// The first two are examples of README.md and of models/demo/README.md.
    @Test(arguments: [
      ("Not bad at all.", "positive"), ("Not good at all.", "negative"), ("The pizza was not bad at all.", "positive"),
      ("The sequel is far from dreary.", "positive"), ("There is no joy in this opera.", "negative"),
    ])
    func theFinalCheckpointHearsNegations(text: String, label: String) throws {
      let scratch = try ScratchDirectory()
      let result = try SalienceBinary.run(
        ["attribute", text, "--model", "models/demo/checkpoint-8000", "--device", "cpu", "--steps", "4", "--json"],
        in: scratch)
      try #require(result.status == 0, "\(result.errors)")
      let parsed = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
      #expect(parsed?["predicted"] as? String == label, "\(result.output.prefix(400))")
    }
  }
}
