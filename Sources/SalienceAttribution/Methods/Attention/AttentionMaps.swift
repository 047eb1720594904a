/// The probabilities of every head of every layer, as `output_attentions` of transformers: one forward pass.
///
/// A token's score is the mean, over layers and heads, of what the token that the output is read from gives it.
public struct AttentionMaps: AttentionMethod {
  public static let name = "attention"
  public static let summary = "what each head of each layer attends to"
  public static let kind = AttentionQuestion.Kind.probability
  public static let settings = AttentionSettings.declarations(AttentionSettings.normalizeSetting)

  public let id: String
  public let options: AttentionSettings

  public init(id: String = name, _ options: AttentionSettings = AttentionSettings()) {
    self.id = id
    self.options = options
  }

  public init(id: String, settings: any SettingsReader) throws {
    self.init(id: id, try AttentionSettings(settings))
  }
}
