import SalienceAttribution
import SalienceDatasets
import SaliencePipeline
import SalienceTensors

/// A checkpoint of a pipeline, as influence asks it.
struct PipelineClassifier: ClassifierReader {
  let model: AttributionModel
  let influence: Pipeline.TrainingInfluence
  let dataset: Pipeline.Dataset
  /// nil for similarities.
  let loss: ClassifierLoss?
  let concurrency: Int

  func encode(_ example: Example, of set: InfluenceSet) -> TaskInput? {
    let rows = set == .training ? influence.training : dataset
    guard
      let input = try? model.input(
        example.text, pair: example.textPair, label: RowLabel(example), maxLength: rows.maxLength)
    else { return nil }
    return rows.overLong == .quarantine && input.windows.contains(where: \.truncated) ? nil : input
  }

  func read(_ inputs: [TaskInput], of set: InfluenceSet) async throws -> [RowReading] {
    let labels = set == .training ? .label : influence.settings.labels
    return try await answeringInHalves(inputs) { inputs in
      try await model.readings(of: inputs, loss: loss, labels: labels).map { text -> RowReading in
        switch text {
        case .reading(let reading): (.read, reading)
        case .unlabelled: (.unlabelled, nil)
        case .notFinite: (.unscored, nil)
        }
      }
    } alone: { _, _ in
      (.unscored, nil)
    }
  }
}
