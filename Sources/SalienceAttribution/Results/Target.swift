import SalienceTensors

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
  /// The largest output of any token, which may be another token's at another point of the path; where outputs are
  /// classes, one of that name.
  case maximum
  /// The log-probability of a language model's whole continuation, given the prompt; elsewhere a class of that name.
  case continuation
  /// That of each of its tokens, given the prompt and the tokens before it; elsewhere a class of that name.
  case continuationTokens

  /// The targets of one output, one or more.
  ///
  /// - Parameters:
  ///   - names: of the model's outputs.
  ///   - predicted: index of the output that the model chose.
  ///   - label: the example's own label, where the dataset has one.
  /// - Throws: `AttributionError`: code `usage` for a class that the model does not have, `example` for a label.
  public func resolve(_ names: OutputNames, predicted: Int, label: String?) throws -> [ResolvedTarget] {
    switch self {
    case .predicted: return [.unit(predicted, names)]
    case .all: return (0..<names.count).map { .unit($0, names) }
    case .label:
      guard let label, !label.isEmpty else { throw AttributionError(.example, "the row has no label to explain") }
      guard let index = names.index(meantBy: label) else {
        throw AttributionError(.example, names.mismatch(ofLabel: label))
      }
      return [.unit(index, names)]
    case .class(let name): return [.unit(try names.resolve(name), names)]
    case .contrast(let a, let b): return [.contrast(try names.resolve(a), try names.resolve(b), names)]
    case .maximum, .continuation, .continuationTokens: return try classNames.map { .unit(try names.resolve($0), names) }
    }
  }

  /// Checks the classes that the target names.
  ///
  /// - Throws: `AttributionError` with code `usage` for a class that the model does not have, and for a contrast of one
  ///   with itself, whose scores would all be 0.
  func requireClasses(of names: OutputNames) throws {
    let indices = try classNames.map(names.resolve)
    if case .contrast = self, Set(indices).count == 1 {
      throw AttributionError(
        .usage, "a contrast is of two classes, not of '\(names[indices[0]])' with itself", setting: .target)
    }
  }

  /// The classes that the target names; of `maximum` and the continuation's, the one that it is where outputs are classes.
  public var classNames: [ClassName] {
    switch self {
    case .predicted, .all, .label: []
    case .maximum: [.name("maximum")]
    case .continuation: [.name("continuation")]
    case .continuationTokens: [.name("continuation-tokens")]
    case .class(let name): [name]
    case .contrast(let a, let b): [a, b]
    }
  }
}

/// A class as the pipeline file writes it.
public enum ClassName: Sendable, Equatable {
  /// A class of `id2label`, or, where no class has that name, an index written in quotes.
  case name(String)
  /// 0-based.
  case index(Int)
}

/// A target as coefficients of the C outputs.
public struct ResolvedTarget: Sendable, Equatable {
  /// Class name, or `A - B`.
  public let name: String
  /// nil for a contrast.
  public let index: Int?
  public let coefficients: [Float]

  /// One output alone.
  static func unit(_ index: Int, _ names: OutputNames) -> ResolvedTarget {
    var coefficients = [Float](repeating: 0, count: names.count)
    coefficients[index] = 1
    return ResolvedTarget(name: names[index], index: index, coefficients: coefficients)
  }

  static func contrast(_ a: Int, _ b: Int, _ names: OutputNames) -> ResolvedTarget {
    var coefficients = [Float](repeating: 0, count: names.count)
    coefficients[a] += 1
    coefficients[b] -= 1
    return ResolvedTarget(name: "\(names[a]) - \(names[b])", index: nil, coefficients: coefficients)
  }

  /// The log-probability of one or more tokens, whose questions are no sums of outputs.
  static func logProbability(_ name: String, index: Int?) -> ResolvedTarget {
    ResolvedTarget(name: name, index: index, coefficients: [])
  }

  /// The target's value from C outputs.
  func value(_ outputs: [Float]) -> Double { PathRequest.value(outputs, by: coefficients) }
}
