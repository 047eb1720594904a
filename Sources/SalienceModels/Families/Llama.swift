import SalienceCheckpoints
import SalienceTensors

/// Llama (arXiv 2302.13971, 2307.09288, 2407.21783), as `LlamaModel` and its heads in transformers.
public struct Llama: LlamaFamily {
  public static let modelType = "llama"
  let parts: LlamaLayers

  public init(_ configuration: ModelConfiguration) throws {
    let bias = try configuration.boolean("attention_bias", default: false)
    parts = try LlamaLayers(
      configuration,
      LlamaLayers.Options(
        projectionBias: bias, outputBias: bias, feedForwardBias: configuration.boolean("mlp_bias", default: false)))
  }
}
