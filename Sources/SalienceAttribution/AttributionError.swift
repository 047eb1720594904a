/// Why a method cannot explain a model's answer.
public struct AttributionError: Error, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// A setting that this model or tokenizer cannot serve.
    case usage
    /// One example cannot be scored.
    case example
    /// A number that is not one.
    case notFinite
  }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
