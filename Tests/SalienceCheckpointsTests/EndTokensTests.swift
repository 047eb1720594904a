import SalienceCheckpoints
import SalienceTestSupport
import Testing

/// The tokens that end a generated text, as a checkpoint's files name them.
@Suite struct EndTokensTests {
  private func endTokens(config: String, generation: String?) throws -> Set<Int32> {
    let directory = try TemporaryDirectory()
    try directory.write("config.json", config)
    try directory.write("model.safetensors", safetensors("{}"))
    if let generation { try directory.write("generation_config.json", generation) }
    let checkpoint = try Checkpoint(directory: directory.path)
    #expect(checkpoint.files.contains(directory.path + "/generation_config.json") == (generation != nil))
    return try checkpoint.endTokens
  }

  @Test(
    arguments: [
      (#"{"eos_token_id":7}"#, nil, [7]), (#"{"eos_token_id":[7,9]}"#, nil, [7, 9]), ("{}", nil, []),
      (#"{"eos_token_id":null}"#, nil, []), (#"{"eos_token_id":7}"#, #"{"eos_token_id":[1,2]}"#, [1, 2]),
      (#"{"eos_token_id":7}"#, "{}", []),
    ] as [(String, String?, Set<Int32>)])
  func generationConfigurationGoesFirst(config: String, generation: String?, expected: Set<Int32>) throws {
    #expect(try endTokens(config: config, generation: generation) == expected)
  }

  @Test(arguments: [#"{"eos_token_id":"</s>"}"#, #"{"eos_token_id":[1,null]}"#, #"{"eos_token_id":99999999999}"#])
  func otherValuesAreRefused(generation: String) throws {
    let error = #expect(throws: CheckpointError.self) { try endTokens(config: "{}", generation: generation) }
    #expect(error?.description.contains("generation_config.json: key 'eos_token_id'") == true)
  }
}
