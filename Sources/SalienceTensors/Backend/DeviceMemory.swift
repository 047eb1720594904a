/// What a model takes of a device's memory while it runs.
public struct DeviceMemory: Sendable, Equatable {
  /// Bytes of the weights, in every form they are kept in.
  public let weights: Int
  /// Bytes of all workers' arenas, each as large as the batches it is to hold, and of their tables of rotations.
  public let arenas: Int
  /// Bytes of the blocks that the host and the device exchange values through, of all workers.
  public let staging: Int
  /// Tokens (T) of one evaluation batch.
  public let tokenBudget: Int
  /// Bytes of the memory that all of it comes from; nil where that is not the device's to say.
  public let available: Int?

  public init(weights: Int, arenas: Int, staging: Int, tokenBudget: Int, available: Int?) {
    self.weights = weights
    self.arenas = arenas
    self.staging = staging
    self.tokenBudget = tokenBudget
    self.available = available
  }

  /// Peak bytes in all.
  public var total: Int { weights + arenas + staging }

  /// Whether there is room for it; true where nobody knows.
  public var fits: Bool { available.map { total <= $0 } ?? true }

  /// Elements of a worker's tables of rotations: one per program and rotary embedding, for sequences of `longest` tokens.
  package static func rotations(of programs: [PathProgram], longest: Int) -> Int {
    let positions = RotaryEmbedding.capacity(forTokens: longest)
    return programs.reduce(0) { sum, program in
      let embeddings = Set(program.operations.compactMap(\.rotation))
      return sum + embeddings.reduce(0) { $0 + positions * 2 * $1.frequencies.count }
    }
  }

  /// Elements of the weights that any of the programs reads.
  package static func weights(of programs: [PathProgram]) -> Int {
    Set(programs.flatMap(\.parameters)).reduce(0) { $0 + $1.count }
  }
}
