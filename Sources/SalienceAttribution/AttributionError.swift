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

  /// A method's setting, by its name in pipeline files.
  public enum Setting: String, Sendable {
    case steps, tolerance, baseline, target, layer, output
    case maxSteps = "max_steps"
  }

  public let code: Code
  public let message: String
  /// The setting at fault, where it is one.
  public let setting: Setting?
  /// The id of the method that has the setting, where it is known.
  public internal(set) var method: String?

  public init(_ code: Code, _ message: String, setting: Setting? = nil) {
    self.code = code
    self.message = message
    self.setting = setting
  }

  public var description: String { message }
}
