import SalienceTensors

/// What a model takes while it runs on a backend that packs matrices and gives each worker an arena, in bytes.
///
/// All of it is float32, and none of it depends on the number of rows in the dataset.
public struct PlannedMemory: Sendable, Equatable {
  /// Embedding tables, biases and normalisation vectors, held as they are.
  public let plainWeights: Int
  /// Matrices packed for the products of the forward pass and of the backward pass.
  public let packedWeights: Int
  /// Threads that score at the same time.
  public let workers: Int
  /// T: tokens of one evaluation batch, which a worker's arenas are laid out for.
  public let evaluationTokens: Int
  /// One worker's arenas.
  public let arena: Int
  /// Tokens of examples that one worker has on their paths at the same time.
  public let exampleTokens: Int
  /// What a path carries at input and baseline, for each of those tokens.
  public let endPointsPerToken: Int
  /// The running sums of gradients, for each of those tokens and each target.
  public let accumulatorPerTokenAndTarget: Int

  /// - Parameters:
  ///   - programs: the model cut at each attribution layer that the run asks for.
  ///   - workers: threads that score at the same time.
  ///   - evaluationTokens: tokens of one evaluation batch; at least the longest sequence.
  ///   - exampleTokens: tokens of the examples that a worker is given at once.
  public init(_ programs: [PathProgram], workers: Int, evaluationTokens: Int, exampleTokens: Int) {
    let float = MemoryLayout<Float>.stride
    var (plain, forward, backward) = (Set<Parameter>(), Set<Parameter>(), Set<Parameter>())
    for operation in programs.flatMap(\.operations) {
      switch operation {
      case let linear as Linear:
        forward.insert(linear.weight)
        if let bias = linear.bias { plain.insert(bias) }
      case let gradient as LinearInputGradient: backward.insert(gradient.weight)
      default: plain.formUnion(operation.parameters)
      }
    }
    func bytes(_ parameters: Set<Parameter>) -> Int { parameters.reduce(0) { $0 + $1.count * float } }
    plainWeights = bytes(plain)
    packedWeights = bytes(forward) + bytes(backward)
    self.workers = workers
    self.evaluationTokens = evaluationTokens
    arena = programs.reduce(0) { $0 + PathExecutor.elementCount($1, tokenCapacity: evaluationTokens) * float }
    self.exampleTokens = exampleTokens
    endPointsPerToken = 2 * (programs.map(\.endWidth).max() ?? 0) * float
    accumulatorPerTokenAndTarget = (programs.map(\.sumWidth).max() ?? 0) * float
  }
}
