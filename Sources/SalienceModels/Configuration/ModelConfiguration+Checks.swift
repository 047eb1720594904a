import SalienceCheckpoints
import SalienceTensors

extension ModelConfiguration {
  /// The nonlinearity that `key` names, as in transformers' ACT2FN.
  func activation(_ key: String, default standard: String = "gelu") throws -> ActivationFunction {
    let name = try string(key, default: standard)
    switch name {
    case "gelu", "gelu_python": return .gelu
    case "gelu_new", "gelu_fast", "gelu_accurate", "gelu_pytorch_tanh", "gelu_python_tanh": return .geluTanh
    case "relu": return .relu
    case "silu", "swish": return .silu
    case "tanh": return .tanh
    default: throw ModelError(.unsupported, "\(key) '\(name)' is not supported", file: file)
    }
  }

  func requireAbsolutePositions() throws {
    let kind = try string("position_embedding_type", default: "absolute")
    guard kind == "absolute" else {
      throw ModelError(.unsupported, "position_embedding_type '\(kind)' is not supported", file: file)
    }
  }

  /// Refuses encoders that were made decoders, whose tokens see nothing of those after them.
  func requireEncoder() throws {
    guard try !boolean("is_decoder", default: false) else {
      throw ModelError(.unsupported, "is_decoder true is not supported with model_type '\(try modelType)'", file: file)
    }
  }

  func require(hiddenSize: Int, divisibleBy heads: Int) throws {
    guard hiddenSize % heads == 0 else {
      throw ModelError(.invalid, "the hidden size \(hiddenSize) is no multiple of \(heads) heads", file: file)
    }
  }
}
