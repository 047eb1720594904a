import SalienceTensors

/// The probabilities of every head of every layer times their slopes, the derivatives of the output with respect to
/// them: to first order, what the output owes to each: one forward and one backward pass.
///
/// A token's score is the sum over layers, heads and the tokens that attend to it.
public struct AttentionTimesGradient: AttentionMethod {
  public static let name = "attention-x-gradient"
  public static let summary = "what each head attends to, times the output's slope there"
  public static let kind = AttentionQuestion.Kind.gradient
  public static let settings = AttentionSettings.declarations(normalizeSetting)

  static let normalizeSetting = Normalization.setting(fallback: .l2)

  public let id: String
  public let options: AttentionSettings

  public init(id: String = name, _ options: AttentionSettings = AttentionSettings(normalization: .l2)) {
    self.id = id
    self.options = options
  }

  public init(id: String, settings: any SettingsReader) throws {
    self.init(id: id, try AttentionSettings(settings, normalize: Self.normalizeSetting))
  }

  public var rules: BackwardRules? { .exact }
  public func cost(tokens: Int) -> MethodCost { MethodCost(evaluations: 1) }
}
