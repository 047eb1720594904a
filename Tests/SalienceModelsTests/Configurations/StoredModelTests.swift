import Foundation
import SalienceAttribution
import SalienceCPU
import SalienceCheckpoints
import Testing

/// What is said of a checkpoint whose tensors are not those of the head.
@Suite struct StoredModelTests {
  private func refusal(_ checkpoint: Checkpoint, _ task: TaskSettings = TaskSettings()) async throws -> CheckpointError
  {
    let error = await #expect(throws: CheckpointError.self) {
      _ = try await AttributionModel(checkpoint: checkpoint, task: task, methods: [], on: CPUBackend())
    }
    return try #require(error)
  }

  @Test func tensorsThatTheHeadLacksAreNamed() async throws {
    let checkpoint = try FamilyFolder("bert-token-classification").checkpoint
    let error = try await refusal(checkpoint, TaskSettings(head: .questionAnswering))
    #expect(error.file == checkpoint.directory && error.tensor == "qa_outputs.bias")
    #expect(error.message == "missing, and 1 more: model_type 'bert' needs it with ForQuestionAnswering")
  }

  /// As DeBERTa-v3's own checkpoints on the Hub, which leave the key out.
  @Test func aHeadThatNothingNamesIsSaidToBeAGuess() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("salience-\(UUID().uuidString)")
    try FileManager.default.copyItem(
      atPath: FamilyFolder("bert-token-classification").checkpoint.directory, toPath: folder.path)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("config.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    try #require(text.contains("\"architectures\""))
    try Data(text.replacingOccurrences(of: "\"architectures\"", with: "\"former\"").utf8).write(to: file)
    let error = try await refusal(try Checkpoint(directory: folder.path))
    #expect(error.tensor == "bert.pooler.dense.bias")
    #expect(
      error.message
        == "missing, and 1 more: model_type 'bert' needs it with ForSequenceClassification; "
        + "config.json names no architecture: name the task that the model was trained for")
  }
}
