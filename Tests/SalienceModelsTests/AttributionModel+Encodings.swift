import SalienceAttribution
import SalienceTokenizers

/// Sequence classification as most tests see it: one encoding in, prediction and explanations out.
extension AttributionModel {
  var labels: [String] { (0..<task.outputNames.count).map { task.outputNames[$0] } }

  func encode(_ text: String, pair: String?) throws -> Encoding { try input(text, pair: pair).windows[0] }

  func score(
    _ encodings: [Encoding], labels: [String?]
  ) async throws -> [Result<(Prediction, [Explanation]), AttributionError>] {
    let inputs = zip(encodings, labels).map { TaskInput(text: "", label: RowLabel($1), windows: [$0]) }
    return try await score(inputs).map { result in
      result.map { ($0.decision.prediction, $0.explanations) }
    }
  }
}
