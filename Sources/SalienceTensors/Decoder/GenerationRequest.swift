/// What is generated after the prompts of one call.
public struct GenerationRequest: Sendable {
  public let prompts: [TokenSequence]
  /// Most tokens to generate after each; a prompt near the end of the model's positions has room for fewer.
  public let limits: [Int]
  /// Nothing is generated after one of these.
  public let endTokens: Set<Int32>
  /// The next token after a prompt, given how many are there already and the logits [V]; nil to stop.
  ///
  /// It may be asked again from the start where a device fails, and has to answer alike.
  public let choose: @Sendable (_ prompt: Int, _ step: Int, _ logits: [Float]) -> Int32?

  /// - Parameter limits: one a prompt.
  public init(
    prompts: [TokenSequence], limits: [Int], endTokens: Set<Int32> = [],
    choose: @escaping @Sendable (_ prompt: Int, _ step: Int, _ logits: [Float]) -> Int32?
  ) {
    self.prompts = prompts
    self.limits = limits
    self.endTokens = endTokens
    self.choose = choose
  }

  /// Tokens of the longest sequence that the call can come to.
  package var longest: Int { zip(prompts, limits).map { $0.count + max(0, $1) }.max() ?? 0 }
}
