import SalienceAttribution
import SalienceJSON

extension PipelineFile {
  /// Reads the key `influence`; nil where it is not there.
  ///
  /// - Parameters:
  ///   - models: how many checkpoints there are.
  ///   - dataset: the rows whose answers are explained.
  static func influence(
    _ top: MappingDecoder, models: Int, dataset scored: Pipeline.Dataset, inputs: InputPaths
  ) throws -> Pipeline.TrainingInfluence? {
    guard let node = top.node("influence") else { return nil }
    let mapping = try MappingDecoder(
      node, path: "influence", keys: ["training", "kind", "top", "learning_rates", "bias", "target"])
    var training = try dataset(
      try mapping.required("training"), path: "influence.training",
      columns: ["id", "text", "text_pair", "question", "context", "label"], inputs: inputs)
    if training.isStandardInput { throw mapping.fault("training", "cannot be standard input, which is read once") }
    // A model was trained on texts of the length that it is asked about, unless somebody says otherwise.
    training.maxLength = training.maxLength ?? scored.maxLength
    let kind = try mapping.choice("kind", Influence.Kind.self) ?? .tracInCP
    if kind == .similarity {
      for key in ["learning_rates", "bias", "target"] where mapping.node(key) != nil {
        throw mapping.fault(key, "is no setting of a similarity, which knows no loss")
      }
    }
    let labels = try mapping.choice("target", Influence.Labels.self) ?? .label
    if kind == .tracInCP {
      guard training.columns.label != nil else {
        throw mapping.fault("training", "needs 'columns.label': influence is of the loss")
      }
      if labels == .label, scored.columns.label == nil {
        throw mapping.fault(
          "target", "is the row's label unless given: it needs 'dataset.columns.label', or 'predicted' here")
      }
    }
    return Pipeline.TrainingInfluence(
      settings: Influence(
        kind: kind, top: try mapping.integer("top", in: 1...1000) ?? Influence.standardTop,
        learningRates: try learningRates(mapping, models: models), includesBias: try mapping.bool("bias") ?? false,
        labels: labels),
      training: training)
  }

  /// One number for every checkpoint, or one for all.
  private static func learningRates(_ mapping: MappingDecoder, models: Int) throws -> [Double] {
    let key = "learning_rates"
    let rates = try (try mapping.strings(key) ?? []).map { text in
      guard let rate = Double(text), rate.isFinite, rate > 0 else {
        throw mapping.fault(key, "must be numbers above 0, not '\(text)'")
      }
      return rate
    }
    if rates.count == 1 { return Array(repeating: rates[0], count: models) }
    guard rates.isEmpty || rates.count == models else {
      throw mapping.fault(key, "has \(rates.count) numbers for \(models) models")
    }
    return rates
  }
}

extension Pipeline.TrainingInfluence {
  /// Under the names of the pipeline file.
  var json: JSONValue {
    [
      "training": training.json, "kind": .string(settings.kind.rawValue), "top": .integer(settings.top),
      "learning_rates": .array(settings.learningRates.map(JSONValue.double)), "bias": .bool(settings.includesBias),
      "target": .string(settings.labels.rawValue),
    ]
  }
}
