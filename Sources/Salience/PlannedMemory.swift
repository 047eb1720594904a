import SalienceCPU
import SalienceTensors

/// What a model takes on the processor while it runs, part by part, in bytes.
///
/// None of it depends on the number of rows in the dataset.
public struct PlannedMemory: Sendable, Equatable {
  /// Weights and arenas.
  public let model: CPUMemory
  /// Tokens of examples that one worker has on their paths at the same time.
  public let exampleTokens: Int
  /// What a path carries at input and baseline, for each of those tokens.
  public let endPointsPerToken: Int
  /// The running sums of gradients, for each of those tokens and each target.
  public let accumulatorPerTokenAndTarget: Int

  /// - Parameters:
  ///   - programs: the model cut at each attribution layer that the run asks for.
  ///   - longest: tokens of the longest sequence.
  ///   - exampleTokens: tokens of the examples that a worker is given at once.
  public init(_ programs: [PathProgram], on backend: CPUBackend, longest: Int, exampleTokens: Int) {
    let float = MemoryLayout<Float>.stride
    model = backend.memoryParts(of: programs, longest: longest)
    self.exampleTokens = exampleTokens
    endPointsPerToken = 2 * (programs.map(\.endWidth).max() ?? 0) * float
    accumulatorPerTokenAndTarget = (programs.map(\.sumWidth).max() ?? 0) * float
  }
}
