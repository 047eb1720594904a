/// Names of models in a run's directory and tables.
public enum ModelName {
  /// NAME in `model=NAME` for each model: the last component of its path, made unique by a number.
  ///
  /// - Throws: `PipelineError.usage` where a path has no usable last component, `..` for one.
  public static func unique(_ models: [String]) throws -> [String] {
    var taken: Set<String> = []
    return try models.map { model in
      guard let last = model.split(separator: "/").last.map(String.init), last != ".", last != "..", !last.isEmpty
      else {
        throw PipelineError(.usage, "a model's path must end in a name", at: model)
      }
      var name = last
      var number = 2
      while !taken.insert(name).inserted {
        name = "\(last)-\(number)"
        number += 1
      }
      return name
    }
  }
}
