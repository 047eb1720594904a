import ArgumentParser
import Foundation
import SaliencePipeline

/// The pipeline file and what the command line puts in place of its keys.
struct PipelineOptions: ParsableArguments {
  @Argument(help: "The pipeline file.") var pipeline: String
  @Option(help: "A model instead of the file's; may be repeated.") var model: [String] = []
  @Option(help: "A dataset file or glob instead of the file's; may be repeated.") var input: [String] = []
  @Option(help: "The run directory instead of the file's.") var output: String?
  @Option(help: "auto, cpu, vulkan, vulkan:N or vulkan:UUID.") var device: String?
  @Option(help: "f32, bf16 or f16.") var precision: String?
  @Option(help: "N rows or P% that may fail before the finished run exits 65.") var maxBadRows: String?
  @Option(name: .customLong("set"), help: "KEY=VALUE, as in methods.0.steps=20; may be repeated.")
  var overrides: [String] = []

  func validate() throws {
    try requirePaths([("PIPELINE", pipeline)] + [output].compactMap { $0 }.map { ("--output", $0) })
    try requirePaths(model.map { ("--model", $0) } + input.map { ("--input", $0) })
  }

  func load() throws -> Pipeline {
    try checkKind()
    var all = try overrides.map(PipelineOverride.init(set:))
    func add(_ option: String, _ path: String, _ values: [String]) {
      guard !values.isEmpty else { return }
      let typed = values.map { "--\(option) \($0)" }.joined(separator: " ")
      all.append(PipelineOverride(option: typed, path: path, values: values))
    }
    add("model", "models", model)
    add("input", "dataset.path", input)
    add("output", "output.directory", output.map { [$0] } ?? [])
    add("device", "device", device.map { [$0] } ?? [])
    add("precision", "precision", precision.map { [$0] } ?? [])
    add("max-bad-rows", "max_bad_rows", maxBadRows.map { [$0] } ?? [])
    return try Pipeline(file: pipeline, overrides: all)
  }
}

extension PipelineOptions {
  /// - Throws: `PipelineError.usage` where what is named is obviously no pipeline file.
  private func checkKind() throws {
    var isDirectory: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: pipeline, isDirectory: &isDirectory)
    guard exists else { return }
    if isDirectory.boolValue {
      throw PipelineError(.usage, "a folder; a pipeline file is wanted, such as pipelines/demo.yaml", at: pipeline)
    }
    let endings = [".csv", ".tsv", ".json", ".jsonl", ".parquet", ".gz", ".zst"]
    if endings.contains(where: { pipeline.lowercased().hasSuffix($0) }) {
      throw PipelineError(
        .usage, "looks like a dataset; a pipeline file is wanted, which names it under 'dataset.path'", at: pipeline)
    }
  }
}

/// `--limit`, which `run` and `check` have.
enum RowLimit {
  static func validate(_ limit: Int64?) throws {
    if let limit, limit < 1 { throw ValidationError("--limit takes a number of rows, 1 or more") }
  }
}
