/// How a causal language model continues a prompt.
public struct GenerationSettings: Sendable, Equatable {
  /// Most tokens to generate; fewer where the end token comes first.
  public var maximumNewTokens: Int
  /// nil: the token with the largest logit; otherwise logits are divided by it and a token is drawn.
  public var temperature: Double?
  /// Draw among so many of the likeliest tokens; nil for all.
  public var topK: Int?
  /// Draw among the likeliest tokens whose probabilities reach this sum; nil for all.
  public var topP: Double?
  /// The same seed draws the same tokens for the same prompt.
  public var seed: UInt64

  public init(
    maximumNewTokens: Int = 20, temperature: Double? = nil, topK: Int? = nil, topP: Double? = nil, seed: UInt64 = 0
  ) {
    self.maximumNewTokens = maximumNewTokens
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.seed = seed
  }
}
