import SalienceCheckpoints
import SalienceTensors

/// Qwen3 (arXiv 2505.09388), as `Qwen3Model` and its heads in transformers: Llama's pattern with norms of each query
/// and key head.
public struct Qwen3: LlamaFamily {
  public static let modelType = "qwen3"
  let parts: LlamaLayers

  public init(_ configuration: ModelConfiguration) throws {
    let bias = try configuration.boolean("attention_bias", default: false)
    let layerCount = try configuration.size("num_hidden_layers", upTo: SizeLimit.layers)
    parts = try LlamaLayers(
      configuration,
      LlamaLayers.Options(
        projectionBias: bias, outputBias: bias, normalizesHeads: true, headSize: 128,
        windows: configuration.slidingWindows(layerCount: layerCount)))
  }
}
