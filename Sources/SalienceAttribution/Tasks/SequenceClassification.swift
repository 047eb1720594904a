import Foundation
import SalienceModels

/// One class, several, or a number for a whole text.
public struct SequenceClassification: ModelTask {
  public let head = ModelHead.sequenceClassification
  public let readout: Readout
  public let outputNames: OutputNames
  let kind: Kind

  /// How logits become a probability, by `problem_type` of config.json.
  public enum Kind: String, Sendable {
    case singleLabel = "single_label_classification"
    case multiLabel = "multi_label_classification"
    case regression
  }

  /// - Parameter readout: the row that the family's classifiers read, or the mean of all rows.
  public init(labels: [String], kind: Kind = .singleLabel, readout: Readout = .selectedRow) {
    outputNames = OutputNames(labels)
    self.kind = kind
    self.readout = readout
  }

  public func decide(
    _ inputs: [TaskInput], with model: TaskModel
  ) async throws -> [Result<Decision, AttributionError>] {
    let encodings = inputs.compactMap(\.windows.first)
    return zip(encodings, try await model.logits(of: encodings)).map { encoding, logits in
      Result { () throws(AttributionError) in
        Decision(encoding: encoding, prediction: try prediction(logits), outputs: logits)
      }
    }
  }

  public func readout(of target: Target) -> Readout { readout }

  public var probability: OutputFunction? {
    switch kind {
    case .regression: nil
    case .multiLabel: .sigmoid
    // One logit has no softmax worth the name.
    case .singleLabel: outputNames.count == 1 ? .sigmoid : .softmax
    }
  }

  public func outputs(of target: Target, for decision: Decision, label: String?) throws -> [ExplainedOutput] {
    [
      ExplainedOutput(
        targets: try target.resolve(outputNames, predicted: decision.prediction.index, label: label))
    ]
  }

  private func prediction(_ logits: [Float]) throws(AttributionError) -> Prediction {
    let (index, softmax) = try Prediction.largest(of: logits)
    let shown =
      switch probability {
      case .softmax: softmax
      case .sigmoid: Prediction.sigmoid(logits[index])
      default: logits[index]
      }
    let label =
      kind == .multiLabel ? chosen(logits).map { outputNames[$0] }.joined(separator: ", ") : outputNames[index]
    return Prediction(label: label, index: index, probability: shown, logits: logits)
  }
}

extension Prediction {
  /// The largest logit's index and softmax probability.
  ///
  /// - Throws: `AttributionError` with code `notFinite`.
  static func largest(of logits: some Collection<Float>) throws(AttributionError) -> (index: Int, probability: Float) {
    guard logits.allSatisfy(\.isFinite), let top = logits.max(), let found = logits.firstIndex(of: top) else {
      throw AttributionError(.notFinite, "the model's logits are not finite numbers")
    }
    let sum = logits.reduce(0) { $0 + exp(Double($1) - Double(top)) }
    return (logits.distance(from: logits.startIndex, to: found), Float(1 / sum))
  }

  static func sigmoid(_ logit: Float) -> Float { Float(1 / (1 + exp(-Double(logit)))) }
}
