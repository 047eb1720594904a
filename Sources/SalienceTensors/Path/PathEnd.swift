/// An end of a path: ids, which of the attribution layer's rows to replace by zeros, and noise on top.
public struct PathEnd: Sendable, Hashable {
  public let sequence: TokenSequence
  /// One flag per token; true puts a zero embedding there.
  public let zeroed: [Bool]
  /// Added to the attribution layer's value.
  public let noise: GaussianNoise?

  public init(_ sequence: TokenSequence, zeroed: [Bool]? = nil, noise: GaussianNoise? = nil) {
    self.sequence = sequence
    self.zeroed = zeroed ?? Array(repeating: false, count: sequence.count)
    self.noise = noise
  }
}
