import SalienceCheckpoints

/// The model families, by `model_type`.
public enum ModelRegistry {
  private static let families: [any Architecture.Type] = [
    BERT.self, DistilBERT.self, RoBERTa.self, ELECTRA.self, ALBERT.self, GPT2.self, Llama.self, Qwen2.self,
    Qwen3.self, Gemma.self, ModernBERT.self, DeBERTaV2.self,
  ]

  /// The names that config.json may give.
  public static var modelTypes: [String] { families.flatMap { $0.modelTypes } }

  /// - Throws: `ModelError` with code `unsupported` for an unknown family.
  public static func architecture(for configuration: ModelConfiguration) throws -> any Architecture {
    let type = try configuration.string("model_type")
    guard let family = families.first(where: { $0.modelTypes.contains(type) }) else {
      // Of a known family its own definition counts, as in transformers unless remote code is trusted.
      let hasOwnCode = configuration.value("auto_map") != nil
      throw ModelError(
        .unsupported,
        "model_type '\(type)' is not supported\(hasOwnCode ? ", and the checkpoint's own code is never run" : ""); "
          + "supported are \(modelTypes.joined(separator: ", "))", file: configuration.file)
    }
    if let quantization = configuration.value("quantization_config") {
      let method = quantization["quant_method"]?.stringValue.map { " of '\($0)'" } ?? ""
      throw ModelError(
        .unsupported, "quantization_config\(method) is not supported: take the checkpoint before it was quantized",
        file: configuration.file)
    }
    return try family.init(configuration)
  }
}
