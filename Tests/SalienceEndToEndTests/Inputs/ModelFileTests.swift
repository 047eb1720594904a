import Foundation
import Testing

extension EndToEndTests {
  /// Files of a model that are not what they seem.
  @Suite struct ModelFile {
    private func edit(_ path: String, _ change: (inout [String: Any]) -> Void) throws {
      let url = URL(fileURLWithPath: path)
      var json = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
      change(&json)
      try JSONSerialization.data(withJSONObject: json).write(to: url)
    }

    @Test func aPointerOfGitLFSIsNamedWithTheCommandThatFetchesIt() throws {
      let tiny = try TinyPipeline()
      let model = try tiny.scratch.copy(checkpoint: "bert-2-f32")
      try tiny.scratch.write(
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 437951328\n",
        to: "bert-2-f32/model.safetensors")
      for command in ["check", "run"] {
        let result = try SalienceBinary.run([command, tiny.path, "--model", model], in: tiny.scratch)
        #expect(result.status == 65)
        #expect(result.errors.contains("Git LFS pointer") && result.errors.contains("lfs pull"), "\(result.errors)")
      }
    }

    @Test func layersThatNothingReadsStopARunUnlessTheyAreAllowed() throws {
      let tiny = try TinyPipeline()
      let model = try tiny.scratch.copy(checkpoint: "bert-2-f32")
      try edit("\(model)/config.json") { $0["num_hidden_layers"] = 1 }
      let refused = try tiny.run("--model", model)
      #expect(refused.status == 65 && refused.errors.contains("config.json says 1 layers"), "\(refused.errors)")
      #expect(!FileManager.default.fileExists(atPath: tiny.output))
      let allowed = ["--model", model, "--set", "allow_unused_tensors=bert.encoder.layer.1.*"]
      #expect(try tiny.run(allowed).status == 0)
      let facts = try JSONSerialization.jsonObject(
        with: Data(contentsOf: URL(fileURLWithPath: "\(tiny.output)/run.json")))
      let unread = try #require((facts as? [String: Any])?["unread_tensors"] as? [String: String])
      #expect(unread["bert-2-f32"]?.contains("16 by 'allow_unused_tensors' (bert.encoder.layer.1.") == true)
      let check = try SalienceBinary.run(["check", tiny.path] + allowed, in: tiny.scratch)
      #expect(check.output.contains("tensors that are not read: 16 by 'allow_unused_tensors'"), "\(check.output)")
      let attribute = ["attribute", "a film", "--model", model]
      #expect(try SalienceBinary.run(attribute, in: tiny.scratch).status == 65)
      #expect(try SalienceBinary.run(attribute + ["--set", "allow_unused_tensors=true"], in: tiny.scratch).status == 0)
    }

    @Test(arguments: [2_000_000_000, 500_000, 0])
    func numbersOfLayersAreNotBelieved(count: Int) throws {
      let tiny = try TinyPipeline()
      let model = try tiny.scratch.copy(checkpoint: "bert-2-f32")
      try edit("\(model)/config.json") { $0["num_hidden_layers"] = count }
      let result = try SalienceBinary.run(["check", tiny.path, "--model", model], in: tiny.scratch)
      #expect(result.status == 65 && result.errors.contains("'num_hidden_layers'"), "\(result.errors)")
    }

    @Test func aPatternOfModelsIsInTheOrderOfTheirNumbers() throws {
      let tiny = try TinyPipeline()
      let folder = "\(tiny.scratch.path)/training"
      for step in [216, 60] {
        let place = "\(folder)/checkpoint-\(step)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: TinyPipeline.checkpoint("bert-2-f32"), toPath: place)
      }
      #expect(try tiny.run("--model", "\(folder)/checkpoint-*").status == 0)
      let facts = try JSONSerialization.jsonObject(
        with: Data(contentsOf: URL(fileURLWithPath: "\(tiny.output)/run.json")))
      let pipeline = (facts as? [String: Any])?["pipeline"] as? [String: Any]
      let models = try #require(pipeline?["models"] as? [String])
      #expect(models == ["\(folder)/checkpoint-60", "\(folder)/checkpoint-216"])
      #expect(try tiny.run("--model", "\(folder)/step-*").status == 66)
      let parent = try tiny.run("--model", folder)
      #expect(parent.status == 66 && parent.errors.contains("checkpoint-60, checkpoint-216"), "\(parent.errors)")
    }

    @Test func aTextOnWhichATokenizersPatternHasNoEndIsOneBadRow() throws {
      let long = String(repeating: "a", count: 60) + "!"
      let tiny = try TinyPipeline(dataset: TinyPipeline.dataset + "d,\(long)\n")
      let model = try tiny.scratch.copy(checkpoint: "bert-2-f32")
      try edit("\(model)/tokenizer_config.json") { $0["tokenizer_class"] = "PreTrainedTokenizerFast" }
      try edit("\(model)/tokenizer.json") {
        $0["pre_tokenizer"] = [
          "type": "Split", "pattern": ["Regex": "(a+)+$"], "behavior": "Isolated", "invert": false,
        ]
      }
      let check = try SalienceBinary.run(["check", tiny.path, "--model", model], in: tiny.scratch)
      #expect(check.status == 0 && check.output.contains("pre_tokenizer.pattern.Regex"), "\(check.output)")
      let run = try tiny.run("--model", model, "--max-bad-rows", "1")
      #expect(run.status == 0, "\(run.errors)")
      #expect(tiny.isPublished)
    }
  }
}
