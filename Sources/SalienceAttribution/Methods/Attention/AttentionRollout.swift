import SalienceJSON
import SalienceModels
import SalienceTensors

/// Attention rollout (arXiv 2005.00928): the mean of a layer's heads and of the identity, multiplied through all layers.
///
/// A token's score is what of the row that the output is read from is the token's.
public struct AttentionRollout: RegisteredMethod {
  public static let name = "attention-rollout"
  public static let summary = "attention multiplied through the layers, residual sums counted as half"
  public static let settings = AttentionSettings.common(AttentionSettings.normalizeSetting)

  public let id: String
  public let options: AttentionSettings

  public init(id: String = name, _ options: AttentionSettings = AttentionSettings()) {
    self.id = id
    self.options = options
  }

  public init(id: String, settings: any SettingsReader) throws {
    self.init(id: id, try AttentionSettings(settings, selects: false))
  }

  public var target: Target { options.target }
  public var output: OutputKind { options.output }
  public var layer: AttributionLayer { .embeddings }
  public var rules: BackwardRules? { nil }
  public var attention: AttentionReading? { AttentionReading(.rollout, options.selection) }
  public var values: [JSONMember] { options.commonValues }
  public func cost(tokens: Int) -> MethodCost { MethodCost(values: 1) }

  public func begin(_ subject: Subject) throws -> any MethodRun {
    AttentionRun(method: id, subject: subject, kind: .rollout, settings: options)
  }
}
