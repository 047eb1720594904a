/// Which output of the model is explained.
public enum Target: Sendable, Equatable {
  /// The class with the highest logit.
  case predicted
  /// Every class.
  case all
  /// The class that the label column names.
  case label
  case `class`(ClassName)
  /// Output of the first class minus output of the second.
  case contrast(ClassName, ClassName)

  /// The targets of one example, one or more.
  ///
  /// - Parameters:
  ///   - labels: class names by index.
  ///   - predicted: index of the highest logit.
  ///   - label: the example's own label, where the dataset has one.
  /// - Throws: `AttributionError`: code `usage` for a class that the model does not have, `example` for a label.
  public func resolve(labels: [String], predicted: Int, label: String?) throws -> [ResolvedTarget] {
    switch self {
    case .predicted: return [.class(predicted, labels)]
    case .all: return labels.indices.map { .class($0, labels) }
    case .label:
      guard let label, !label.isEmpty else { throw AttributionError(.example, "the row has no label to explain") }
      guard let index = ClassName.name(label).index(in: labels) else {
        throw AttributionError(.example, "the row's label is no class of the model")
      }
      return [.class(index, labels)]
    case .class(let name): return [.class(try name.resolve(in: labels), labels)]
    case .contrast(let a, let b):
      return [.contrast(try a.resolve(in: labels), try b.resolve(in: labels), labels)]
    }
  }

  /// The classes that the target names.
  public var classNames: [ClassName] {
    switch self {
    case .predicted, .all, .label: []
    case .class(let name): [name]
    case .contrast(let a, let b): [a, b]
    }
  }

  /// Checks the classes against a model before anything is scored.
  public func validate(labels: [String]) throws {
    if self != .label { _ = try resolve(labels: labels, predicted: 0, label: nil) }
  }
}

/// A class as the pipeline file writes it.
public enum ClassName: Sendable, Equatable {
  /// A class of `id2label`, or, where no class has that name, an index written in quotes.
  case name(String)
  /// 0-based.
  case index(Int)

  /// The class's index; nil where there is no such class.
  public func index(in labels: [String]) -> Int? {
    switch self {
    case .index(let index): return labels.indices.contains(index) ? index : nil
    case .name(let name):
      return labels.firstIndex(of: name) ?? Int(name).flatMap { labels.indices.contains($0) ? $0 : nil }
    }
  }

  func resolve(in labels: [String]) throws -> Int {
    if let index = index(in: labels) { return index }
    let wanted =
      switch self {
      case .name(let name): "'\(name)'"
      case .index(let index): "\(index)"
      }
    let shown = labels.prefix(8).joined(separator: ", ") + (labels.count > 8 ? ", …" : "")
    throw AttributionError(
      .usage, "no class \(wanted) among the model's \(labels.count): \(shown)", setting: .target)
  }
}

/// A target as coefficients of the C outputs.
public struct ResolvedTarget: Sendable, Equatable {
  /// Class name, or `A - B`.
  public let name: String
  /// nil for a contrast.
  public let index: Int?
  public let coefficients: [Float]

  static func `class`(_ index: Int, _ labels: [String]) -> ResolvedTarget {
    ResolvedTarget(name: labels[index], index: index, coefficients: labels.indices.map { $0 == index ? 1 : 0 })
  }

  static func contrast(_ a: Int, _ b: Int, _ labels: [String]) -> ResolvedTarget {
    ResolvedTarget(
      name: "\(labels[a]) - \(labels[b])", index: nil,
      coefficients: labels.indices.map { ($0 == a ? 1 : 0) - ($0 == b ? 1 : 0) })
  }

  /// The target's value from C outputs.
  func value(_ outputs: [Float]) -> Double {
    zip(coefficients, outputs).reduce(0) { $1.0 == 0 ? $0 : $0 + Double($1.0) * Double($1.1) }
  }
}
