/// What is generated after the prompts of one call.
public struct GenerationRequest: Sendable {
  public let prompts: [TokenSequence]
  /// Most tokens to generate after each.
  public let limit: Int
  /// Nothing is generated after one of these.
  public let endTokens: Set<Int32>
  /// The next token after a prompt, given how many are there already and the logits [V]; nil to stop.
  ///
  /// It may be asked again from the start where a device fails, and has to answer alike.
  public let choose: @Sendable (_ prompt: Int, _ step: Int, _ logits: [Float]) -> Int32?

  public init(
    prompts: [TokenSequence], limit: Int, endTokens: Set<Int32> = [],
    choose: @escaping @Sendable (_ prompt: Int, _ step: Int, _ logits: [Float]) -> Int32?
  ) {
    self.prompts = prompts
    self.limit = limit
    self.endTokens = endTokens
    self.choose = choose
  }

  /// Tokens of the longest sequence that the call can come to.
  package var longest: Int { (prompts.map(\.count).max() ?? 0) + max(0, limit) }
}
