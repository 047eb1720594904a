import SalienceCheckpoints
import SalienceModels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The loss that a sequence classifier is trained with, as transformers chooses it by `problem_type`, for one text.
public enum ClassifierLoss: Sendable, Equatable {
  /// Of the softmax over the classes.
  case crossEntropy
  /// The mean over the classes of each one's own.
  case binaryCrossEntropy
  /// The squared distance of a single output from a number.
  case squaredError

  /// - Throws: `AttributionError` with code `usage` where the model is no sequence classifier or its loss has no closed
  ///   form here; `ModelError` or `CheckpointError` for a configuration that cannot be used.
  public init(of configuration: ModelConfiguration, task: TaskSettings) throws {
    let head = try task.head(for: configuration)
    guard head == .sequenceClassification else {
      throw AttributionError(
        .usage,
        "influence is told of sequence classifiers, whose last layer reads one row per text, not of"
          + " \(head.rawValue)")
    }
    let count = try configuration.labelCount
    switch configuration.value("problem_type")?.stringValue {
    // transformers takes a single output without a problem_type for a regression.
    case nil: self = count == 1 ? .squaredError : .crossEntropy
    case SequenceClassification.Kind.singleLabel.rawValue:
      guard count > 1 else {
        throw AttributionError(.usage, "the cross entropy of a single class does not change: nothing has influence")
      }
      self = .crossEntropy
    case SequenceClassification.Kind.multiLabel.rawValue: self = .binaryCrossEntropy
    case SequenceClassification.Kind.regression.rawValue:
      guard count == 1 else {
        throw AttributionError(.usage, "the influence on a regression of \(count) outputs is not supported")
      }
      self = .squaredError
    case let name?: throw AttributionError(.usage, "problem_type '\(name)' is not supported")
    }
  }

  /// The loss's gradient towards the logits [C].
  ///
  /// - Returns: nil where the label is none that the loss could be of.
  func gradient(of logits: [Float], label: RowLabel, task: any ModelTask) -> [Float]? {
    switch self {
    case .squaredError:
      let elements = label.elements ?? [label.text]
      guard elements.count == 1, let number = Double(ClassIndex.trimmed(elements[0])), number.isFinite else {
        return nil
      }
      return logits.map { Float(2 * (Double($0) - number)) }
    case .crossEntropy, .binaryCrossEntropy:
      guard case .classes(let indices) = task.classes(of: label) else { return nil }
      return gradient(of: logits, classes: indices)
    }
  }

  /// The same, of what the model predicts; nil for a number, which its own prediction is never off.
  func gradientOfPrediction(_ logits: [Float]) -> [Float]? {
    switch self {
    case .squaredError: nil
    case .binaryCrossEntropy: gradient(of: logits, classes: logits.indices.filter { logits[$0] > 0 })
    case .crossEntropy:
      logits.max().flatMap { top in logits.firstIndex(of: top) }.map { gradient(of: logits, classes: [$0]) }
    }
  }

  private func gradient(of logits: [Float], classes: [Int]) -> [Float] {
    let probabilities: [Double]
    let share: Double
    if self == .binaryCrossEntropy {
      probabilities = logits.map { 1 / (1 + exp(-Double($0))) }
      share = 1 / Double(max(logits.count, 1))
    } else {
      let top = Double(logits.max() ?? 0)
      let powers = logits.map { exp(Double($0) - top) }
      let sum = powers.reduce(0, +)
      probabilities = powers.map { $0 / sum }
      share = 1
    }
    return probabilities.indices.map { Float(share * (probabilities[$0] - (classes.contains($0) ? 1 : 0))) }
  }
}
