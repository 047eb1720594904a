import SalienceFoundation

/// What went wrong in a plan or on a backend.
public struct TensorError: Fault {
  public enum Code: String, Sendable {
    /// An op was given shapes it does not take: a fault of the model's definition or of its configuration.
    case shape
    /// The op or value cannot be differentiated.
    case notDifferentiable
    /// The checkpoint lacks a tensor or holds it in another shape.
    case parameter
    /// A batch exceeds what the plan was prepared for.
    case capacity
    /// The library or device below failed.
    case backend
  }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// All but a checkpoint's tensors are checked before anything is computed.
  public var kind: FaultKind { code == .parameter ? .data : .software }
}
