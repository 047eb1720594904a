import Foundation
import Testing

extension EndToEndTests {
  @Suite struct BadInput {
    /// One line on standard error that holds every part, nothing on standard output, and this exit code.
    private func expect(
      _ result: SalienceBinary.Result, exits status: Int32, naming parts: [String],
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      #expect(result.status == status, "\(result.errors)", sourceLocation: sourceLocation)
      #expect(!result.wasKilled, sourceLocation: sourceLocation)
      #expect(result.output.isEmpty, sourceLocation: sourceLocation)
      #expect(result.errorLines.count == 1, "\(result.errors)", sourceLocation: sourceLocation)
      for part in parts + ["salience: error: "] {
        #expect(result.errors.contains(part), "\(part) in \(result.errors)", sourceLocation: sourceLocation)
      }
    }

    @Test func unknownKeyNamesTheLineAndTheNearestKey() throws {
      let tiny = try TinyPipeline(steps: "stepz: 4")
      expect(try tiny.run(), exits: 64, naming: ["\(tiny.path):9:", "'stepz'", "'steps'"])
      #expect(!tiny.isPublished)
    }

    @Test func unknownOptionIsAUsageError() throws {
      let tiny = try TinyPipeline()
      let result = try tiny.run("--no-such-option")
      #expect(result.status == 64)
      #expect(result.errors.contains("--no-such-option"))
      #expect(result.output.isEmpty)
    }

    @Test func unknownClassNamesKeyModelAndTheClassesThereAre() throws {
      let tiny = try TinyPipeline(steps: "steps: 4\n    target: positiv", models: ["distilbert-2-f16", "bert-2-f32"])
      let model = TinyPipeline.checkpoint("distilbert-2-f16")
      expect(
        try tiny.run(), exits: 64,
        naming: ["\(tiny.path):10: 'methods.0.target': model \(model): no class 'positiv'", "nearest is 'positive'"])
      expect(
        try tiny.run("--set", "methods.0.target=fine"), exits: 64,
        naming: ["--set methods.0.target=fine: 'methods.0.target'", "'fine'", "negative, positive"])
      #expect(!FileManager.default.fileExists(atPath: tiny.output))
    }

    @Test func settingsThatAModelCannotServeNameKeyAndModel() throws {
      let tiny = try TinyPipeline()
      let model = TinyPipeline.checkpoint("bert-2-f32")
      expect(
        try tiny.run("--set", "methods.0.layer=encoder layer 99"), exits: 64,
        naming: ["'methods.0.layer'", model, "no encoder layer 99: the model has encoder layers 0 to"])
      expect(
        try tiny.run("--set", "methods.0.baseline=nosuchtoken"), exits: 64,
        naming: ["'methods.0.baseline'", model, "'nosuchtoken'"])
    }

    @Test func farKeysListTheValidOnesAndNearOnesTheNearest() throws {
      let tiny = try TinyPipeline()
      expect(
        try tiny.run("--set", "foo=abc"), exits: 64,
        naming: ["--set foo=abc: unknown key 'foo'; known are name, models, task,"])
      expect(try tiny.run("--set", "precison=f32"), exits: 64, naming: ["the nearest is 'precision'"])
      let device = try tiny.run("--device", "gpu")
      expect(
        device, exits: 64,
        naming: ["--device gpu: 'device' must be auto, cpu, vulkan, vulkan:N or vulkan:UUID, not 'gpu'"])
      #expect(!device.errors.contains("nearest"))
      expect(try tiny.run("--device", "vulcan"), exits: 64, naming: ["the nearest is 'vulkan'"])
    }

    @Test func missingColumnNamesTheFileAndTheNearestColumn() throws {
      let tiny = try TinyPipeline()
      expect(
        try tiny.run("--set", "dataset.columns.text=txt"), exits: 65, naming: ["texts.csv", "'txt'", "'text'"])
      #expect(!tiny.isPublished)
    }

    @Test func missingDatasetNamesTheFile() throws {
      let tiny = try TinyPipeline()
      let missing = "\(tiny.scratch.path)/none.csv"
      expect(try tiny.run("--input", missing), exits: 66, naming: [missing])
    }

    @Test func missingPipelineNamesTheFile() throws {
      let scratch = try ScratchDirectory()
      let missing = "\(scratch.path)/none.yaml"
      expect(try SalienceBinary.run(["run", missing], in: scratch), exits: 66, naming: [missing])
    }

    @Test func missingModelDirectoryNamesIt() throws {
      let tiny = try TinyPipeline()
      let missing = "\(tiny.scratch.path)/none"
      expect(try tiny.run("--model", missing), exits: 66, naming: [missing])
    }

    @Test(arguments: ["config.json", "model.safetensors"])
    func missingModelFileNamesIt(_ file: String) throws {
      let tiny = try TinyPipeline()
      let model = try tiny.scratch.copy(checkpoint: "bert-2-f32")
      try FileManager.default.removeItem(atPath: "\(model)/\(file)")
      expect(try tiny.run("--model", model), exits: 66, naming: ["\(model)/\(file)"])
    }

    @Test(arguments: [4, 1000, 100_000])
    func truncatedWeightsNameTheFile(_ bytes: Int) throws {
      let tiny = try TinyPipeline()
      let model = try tiny.scratch.copy(checkpoint: "bert-2-f32")
      let file = URL(fileURLWithPath: "\(model)/model.safetensors")
      let whole = try Data(contentsOf: file)
      try #require(whole.count > bytes)
      try whole.prefix(bytes).write(to: file)
      expect(try tiny.run("--model", model), exits: 65, naming: [file.path])
      #expect(!tiny.isPublished)
    }

    @Test func notANumberWeightNamesTheTensor() throws {
      let tiny = try TinyPipeline()
      let model = try tiny.scratch.copy(checkpoint: "bert-2-f32")
      let file = URL(fileURLWithPath: "\(model)/model.safetensors")
      var bytes = try Data(contentsOf: file)
      let tensor = "bert.encoder.layer.0.attention.self.query.weight"
      let start = try Self.offset(of: tensor, in: bytes)
      bytes.replaceSubrange(start..<start + 4, with: [0, 0, 0xc0, 0x7f])
      try bytes.write(to: file)
      expect(try tiny.run("--model", model), exits: 65, naming: [file.path, tensor])
      #expect(!tiny.isPublished)
    }

    @Test func pickledWeightsComeWithTheConversion() throws {
      let tiny = try TinyPipeline()
      let model = try tiny.scratch.copy(checkpoint: "bert-2-f32")
      try FileManager.default.removeItem(atPath: "\(model)/model.safetensors")
      try tiny.scratch.write("pickle", to: "bert-2-f32/pytorch_model.bin")
      expect(
        try tiny.run("--model", model), exits: 65,
        naming: ["\(model)/pytorch_model.bin", "python3 -c", "safe_serialization=True", "'\(model)'"])
    }

    @Test func outputBelowAFileCannotBeWritten() throws {
      let tiny = try TinyPipeline()
      let file = try tiny.scratch.write("", to: "file")
      expect(try tiny.run("--output", "\(file)/run"), exits: 74, naming: ["\(file)/run"])
    }

    @Test func absentDeviceIsUnavailable() throws {
      let tiny = try TinyPipeline()
      expect(try tiny.run("--device", "vulkan:63"), exits: 69, naming: ["vulkan:63"])
      #expect(!tiny.isPublished)
    }

    /// Where a tensor's bytes begin: 8 bytes of header length, the JSON header, then the data.
    private static func offset(of tensor: String, in file: Data) throws -> Int {
      let headerBytes = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      let header = try #require(
        try JSONSerialization.jsonObject(with: file[8..<8 + headerBytes]) as? [String: Any])
      let entry = try #require(header[tensor] as? [String: Any], "\(header.keys.sorted())")
      let offsets = try #require(entry["data_offsets"] as? [Int])
      return try 8 + headerBytes + #require(offsets.first)
    }
  }
}
