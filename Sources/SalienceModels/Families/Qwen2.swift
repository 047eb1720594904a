import SalienceCheckpoints
import SalienceTensors

/// Qwen2 and Qwen2.5 (arXiv 2407.10671, 2412.15115), as `Qwen2Model` and its heads in transformers: Llama's pattern
/// with biases on queries, keys and values.
public struct Qwen2: LlamaFamily {
  public static let modelType = "qwen2"
  let parts: LlamaLayers

  public init(_ configuration: ModelConfiguration) throws {
    let layerCount = try configuration.size("num_hidden_layers", upTo: SizeLimit.layers)
    parts = try LlamaLayers(
      configuration,
      LlamaLayers.Options(projectionBias: true, windows: configuration.slidingWindows(layerCount: layerCount)))
  }
}
