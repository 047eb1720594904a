import SalienceDatasets

/// The models of a pipeline file, patterns among them.
public enum ModelPaths {
  /// The models in the order in which they are named, each pattern as the directories that it means.
  ///
  /// Directories whose names end in a number stand in the order of the numbers. One that a pattern finds again is left
  /// out.
  /// - Throws: `PipelineError.missing` for a pattern that means none.
  public static func expanded(_ models: [String]) throws -> [String] {
    var result: [String] = []
    for model in models {
      guard DirectoryPattern.isPattern(model) else {
        result.append(model)
        continue
      }
      let matches = DirectoryPattern.directories(matching: model)
      if matches.isEmpty { throw PipelineError(.missing, "no directory matches this pattern", at: model) }
      result += matches.filter { !result.contains($0) }
    }
    return result
  }
}
