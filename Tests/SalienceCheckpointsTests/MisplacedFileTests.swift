import Foundation
import SalienceCheckpoints
import SalienceTestSupport
import Testing

/// Files and folders that stand where a checkpoint was meant.
@Suite struct MisplacedFileTests {
  private let directory: TemporaryDirectory
  private let config = #"{"model_type":"bert"}"#
  private let pointer = """
    version https://git-lfs.github.com/spec/v1
    oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
    size 437951328

    """

  init() throws { directory = try TemporaryDirectory() }

  private func error(_ path: String) throws -> CheckpointError {
    try #require(#expect(throws: CheckpointError.self) { try Checkpoint(directory: path) })
  }

  @Test(arguments: ["config.json", "model.safetensors", "tokenizer.json", "vocab.txt", "spiece.model"])
  func aPointerOfGitLFSIsNamed(file: String) throws {
    try directory.write("it's/config.json", config)
    try directory.write(
      "it's/model.safetensors", safetensors(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, data: 4))
    try directory.write("it's/\(file)", pointer)
    let error = try error(directory.path + "/it's")
    #expect(error.code == .invalid && error.file == directory.path + "/it's/\(file)")
    #expect(
      error.message == "a Git LFS pointer, which stands for 437951328 bytes that were not fetched: fetch them with: "
        + "git -C '\(directory.path)/it'\\''s' lfs pull")
  }

  @Test func aPointerInPlaceOfAShardIsNamed() throws {
    try directory.write("config.json", config)
    try directory.write("model.safetensors.index.json", #"{"weight_map":{"a":"model-1.safetensors"}}"#)
    let shard = try directory.write("model-1.safetensors", pointer)
    #expect(try error(directory.path).file == shard)
  }

  @Test func theFolderOfATrainingRunNamesItsCheckpoints() throws {
    for step in [60, 216, 1000] { try directory.write("out/checkpoint-\(step)/config.json", config) }
    try directory.write("out/checkpoint-best", "no directory")
    let error = try error(directory.path + "/out/")
    #expect(error.code == .missing && error.file == directory.path + "/out")
    #expect(
      error.message
        == "no config.json here, but 3 checkpoints: checkpoint-60, checkpoint-216, checkpoint-1000; name one of them,"
        + " or all with models: \(directory.path)/out/checkpoint-*")
    for step in 1...9 { try directory.write("out/checkpoint-\(step)/config.json", config) }
    let many = try self.error(directory.path + "/out").message
    #expect(many.contains("checkpoint-1, checkpoint-2, checkpoint-3, …, checkpoint-216, checkpoint-1000;"), "\(many)")
  }

  @Test func anEmptyFolderStillLacksItsConfiguration() throws {
    try directory.write("empty/README.md", "")
    #expect(try error(directory.path + "/empty").file == directory.path + "/empty/config.json")
  }
}
