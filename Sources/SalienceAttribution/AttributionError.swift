import SalienceFoundation

/// Why a method cannot explain a model's answer.
public struct AttributionError: Fault {
  public enum Code: String, Sendable {
    /// A setting that this model or tokenizer cannot serve.
    case usage
    /// One example cannot be scored.
    case example
    /// An attribution that is infinite or no number.
    case notFinite
    /// A method and the answers to its questions do not fit: a fault of the program's.
    case answer
  }

  /// A method's setting, by its key in pipeline files.
  public struct Setting: RawRepresentable, Sendable, Hashable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public static let steps = Setting(rawValue: "steps")
    public static let tolerance = Setting(rawValue: "tolerance")
    public static let maxSteps = Setting(rawValue: "max_steps")
    public static let baseline = Setting(rawValue: "baseline")
    public static let target = Setting(rawValue: "target")
    public static let layer = Setting(rawValue: "layer")
    public static let output = Setting(rawValue: "output")
    public static let replacement = Setting(rawValue: "replacement")
    public static let layers = Setting(rawValue: "layers")
    public static let heads = Setting(rawValue: "heads")
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

  public var kind: FaultKind { code == .usage ? .usage : .data }
}
