import SalienceCheckpoints
import SalienceTensors

/// Gemma (arXiv 2403.08295), as `GemmaModel` and its heads in transformers: Llama's pattern with norms that store what
/// their factors differ from 1 by, and word rows scaled by the root of the hidden size.
public struct Gemma: LlamaFamily {
  public static let modelType = "gemma"
  let parts: LlamaLayers

  public init(_ configuration: ModelConfiguration) throws {
    let bias = try configuration.boolean("attention_bias", default: false)
    try configuration.refuse("use_bidirectional_attention")
    // The first configurations say gelu and mean its approximation.
    let isOld = try configuration.string("hidden_act", default: "gelu") == "gelu"
    let hiddenSize = try configuration.size("hidden_size", upTo: SizeLimit.width)
    parts = try LlamaLayers(
      configuration,
      LlamaLayers.Options(
        projectionBias: bias, outputBias: bias, norms: .plusOne,
        words: .scaled(Float(Double(hiddenSize).squareRoot())), headSize: 256, activation: isOld ? .geluTanh : nil,
        tiesWords: true, paddingID: 0))
  }
}
