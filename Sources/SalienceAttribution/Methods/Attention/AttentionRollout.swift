import SalienceJSON

/// Attention rollout (arXiv 2005.00928): the mean of a layer's heads and of the identity, multiplied through all layers.
///
/// A token's score is what of the row that the output is read from is the token's.
public struct AttentionRollout: AttentionMethod {
  public static let name = "attention-rollout"
  public static let summary = "attention multiplied through the layers, residual sums counted as half"
  public static let kind = AttentionQuestion.Kind.rollout
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

  public var values: [JSONMember] { options.commonValues }
}
