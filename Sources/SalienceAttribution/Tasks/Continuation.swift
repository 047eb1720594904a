/// Tokens that follow a prompt, whose log-probabilities sum to what is explained.
public struct Continuation: Sendable, Equatable {
  /// Given behind the prompt, and not explained.
  public let before: [Int32]
  /// Each is scored behind the prompt, `before` and the ones in front of it.
  public let tokens: [Int32]

  public init(_ tokens: [Int32], after before: [Int32] = []) {
    self.tokens = tokens
    self.before = before
  }
}
