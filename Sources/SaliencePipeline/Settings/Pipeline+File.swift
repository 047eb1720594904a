extension Pipeline {
  /// Reads a pipeline file, as the commands do: overrides in place, patterns among the models expanded.
  ///
  /// - Throws: `PipelineError`, see `PipelineFile.load(_:overrides:)`; `missing` for a pattern that means no directory.
  public init(file path: String, overrides: [PipelineOverride] = []) throws {
    self = try PipelineFile.load(path, overrides: overrides)
    models = try ModelPaths.expanded(models)
  }
}
