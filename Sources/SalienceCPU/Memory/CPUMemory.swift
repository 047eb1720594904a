/// What a model takes on the processor while it runs, in bytes, without what its examples bring.
public struct CPUMemory: Sendable, Equatable {
  /// Embedding tables, biases and normalisation vectors, held as they are.
  public let plainWeights: Int
  /// Matrices packed for the products of the forward pass and of the backward pass, in the products' precision.
  public let packedWeights: Int
  /// Threads that score at the same time.
  public let workers: Int
  /// T: tokens of one evaluation batch, which a worker's arenas are laid out for.
  public let evaluationTokens: Int
  /// One worker's arenas, with its tables of rotations.
  public let arena: Int
}
