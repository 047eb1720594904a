import SalienceAttribution
import SalienceCheckpoints
import SalienceDatasets
import SalienceFoundation
import SalienceModels
import SaliencePipeline
import SalienceTensors

extension PipelineError {
  /// A method's setting that a model cannot serve, as an error of the place where the setting was written.
  ///
  /// - Parameters:
  ///   - target: the method's target, to find the class that was meant.
  ///   - model: the model as it was named.
  ///   - key: the setting's key; nil where `place` says it.
  ///   - place: `FILE:LINE` or an option.
  public init(
    _ error: AttributionError, target: Target?, model: String, configuration: ModelConfiguration, key: String? = nil,
    at place: String
  ) {
    var hint = ""
    if error.setting == .target, let labels = try? configuration.labelNames {
      for case .name(let name) in target?.classNames ?? []
      where !labels.contains(name) && OutputNames(labels).index(of: .name(name)) == nil {
        hint += NearestName.hint(for: name, among: labels)
      }
    }
    self.init(.usage, "\(key.map { "'\($0)': " } ?? "")model \(model): \(error.message)\(hint)", at: place)
  }

  /// An error of a model that names no file, such as a tensor that is missing, as one that names the model; any other
  /// error as it is.
  ///
  /// - Parameter model: as it was named.
  public static func naming(_ model: String, in error: any Error) -> any Error {
    switch error {
    case let error as TensorError where error.code == .parameter: PipelineError(.data, error.message, at: model)
    case let error as ModelError where error.file == nil: PipelineError(.data, error.message, at: model)
    default: error
    }
  }
}

extension PipelineRun {
  /// The error of a method's check against a model, with file, line, key and model.
  func located(_ error: AttributionError, model index: Int) -> PipelineError {
    let method = pipeline.methods.firstIndex { $0.id == error.method }
    var key = method.map { "methods.\($0)" } ?? "methods"
    if method != nil, let setting = error.setting { key += ".\(setting.rawValue)" }
    return PipelineError(
      error, target: method.map { pipeline.methods[$0].method.target }, model: pipeline.models[index],
      configuration: checkpoints[index].config, key: key, at: pipeline.origins.place(of: key))
  }
}
