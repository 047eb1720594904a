import SalienceFoundation
import SalienceReports

/// Names of models in a run's directory and tables.
public enum ModelName {
  /// Bytes of the longest name in a directory.
  private static let longestFileName = 255

  /// NAME in `model=NAME` for each model: the last component of its path, made unique by a number.
  ///
  /// A name that is too long for a directory once its bytes are encoded is cut, and a digest of the whole of it set
  /// behind; so the same model has the same name in every run.
  ///
  /// - Throws: `PipelineError.usage` where a path has no usable last component, `..` for example.
  public static func unique(_ models: [String]) throws -> [String] {
    var taken: Set<String> = []
    return try models.map { model in
      guard let last = model.split(separator: "/").last.map(String.init), last != ".", last != "..", !last.isEmpty
      else {
        throw PipelineError(.usage, "a model's path must end in a name", at: model)
      }
      var name = fitting(last)
      var number = 2
      while !taken.insert(name).inserted {
        name = fitting("\(last)-\(number)")
        number += 1
      }
      return name
    }
  }

  private static func fitting(_ name: String) -> String {
    func fits(_ name: String) -> Bool { ModelPartition.directory(of: name).utf8.count <= longestFileName }
    if fits(name) { return name }
    let digest = SHA256.digest(of: name.utf8).hexadecimal(first: 6)
    var kept = name
    while !fits("\(kept)-\(digest)"), !kept.isEmpty { kept.removeLast() }
    return "\(kept)-\(digest)"
  }
}
