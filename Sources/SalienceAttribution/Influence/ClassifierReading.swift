import SalienceModels
import SalienceTensors

/// What a classifier's last linear layer reads of a text, and what the loss makes of what it gives.
///
/// The loss's gradient towards the layer's weight is the product of the two, and towards its bias the first alone.
public struct ClassifierReading: Sendable, Equatable {
  /// The loss's gradient towards the logits [C]; empty where no loss is asked for.
  public let gradient: [Float]
  /// What the layer reads [H].
  public let input: [Float]

  public init(gradient: [Float], input: [Float]) {
    self.gradient = gradient
    self.input = input
  }
}

/// What influence knows of a text.
public enum ReadText: Sendable, Equatable {
  case reading(ClassifierReading)
  /// It has no label, or one that is none of the model's.
  case unlabelled
  /// The model's numbers are not finite.
  case notFinite
}

extension AttributionModel {
  /// What influence needs to know of each text.
  ///
  /// - Parameters:
  ///   - inputs: texts with their labels.
  ///   - loss: nil where nothing but what the layer reads is asked for.
  ///   - labels: whose loss it is.
  /// - Throws: where the backend fails; `AttributionError` with code `answer` where the model was loaded without
  ///   `Tap.classifierInput`.
  public func readings(
    of inputs: [TaskInput], loss: ClassifierLoss?, labels: Influence.Labels
  ) async throws -> [ReadText] {
    let ends = inputs.compactMap(\.windows.first).map { encoding in
      PathEnd(architecture.sequence(ids: encoding.ids, typeIDs: encoding.modelTypeIDs))
    }
    guard ends.count == inputs.count else { throw AttributionError(.answer, "a text without a window") }
    return try zip(inputs, try await prepared.tapped(program: decisionProgram, at: ends)).map { input, tapped in
      guard let value = tapped.values.first?.elements else {
        throw AttributionError(.answer, "the model was loaded without what its last layer reads")
      }
      guard value.allSatisfy(\.isFinite), tapped.outputs.allSatisfy(\.isFinite) else { return .notFinite }
      guard let loss else { return .reading(ClassifierReading(gradient: [], input: value)) }
      let gradient =
        switch labels {
        case .label: input.label.flatMap { loss.gradient(of: tapped.outputs, label: $0, task: task) }
        case .predicted: loss.gradientOfPrediction(tapped.outputs)
        }
      guard let gradient else { return .unlabelled }
      return .reading(ClassifierReading(gradient: gradient, input: value))
    }
  }
}
