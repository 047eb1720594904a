/// Attention times the length of the attended value behind the output projection (arXiv 2004.10102): a token that is
/// attended to but adds little counts little.
///
/// A token's score is the mean, over layers and heads, of what it adds to the row that the output is read from.
public struct ValueWeightedAttention: AttentionMethod {
  public static let name = "value-weighted-attention"
  public static let summary = "lengths of what each head adds to a token for every other"
  public static let kind = AttentionQuestion.Kind.weightedValue
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
