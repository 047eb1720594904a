import Foundation
import SalienceTensors

/// Runs models on the processor: oneDNN for matrix products, SIMD loops for the rest, one worker a core.
public final class CPUBackend: Backend {
  public let device: DeviceDescription
  let pool: WorkerPool<CPUWorker>
  private let tokenBudget: Int
  private let collector: ProfileCollector?

  /// What this processor multiplies matrices in.
  ///
  /// bf16 on those with AVX512-BF16 or AMX, as far as oneDNN is allowed to use them (ONEDNN_MAX_CPU_ISA). Elsewhere
  /// oneDNN would only imitate it, more slowly than f32.
  public static let precisions: [Precision] = Processor.multipliesBFloat16 ? [.f32, .bf16] : [.f32]

  /// - Parameters:
  ///   - precision: of matrix products; f32 in place of one that is not among `precisions`.
  ///   - threads: workers; the processors that this process may use by default.
  ///   - tokenBudget: tokens (T) of one evaluation batch. Results do not depend on it.
  ///   - profile: whether every op is timed.
  public init(
    precision: Precision = .f32, threads: Int? = nil, tokenBudget: Int = 512, profile: Bool = false
  ) {
    let count = max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount)
    self.tokenBudget = max(16, tokenBudget)
    collector = profile ? ProfileCollector(lanes: count) : nil
    pool = CPUWorker.pool(count: count)
    device = DeviceDescription(
      name: "cpu", details: "\(Processor.name), oneDNN \(Processor.libraryVersion), \(count) threads",
      concurrency: count, precision: precision.available(in: Self.precisions), precisions: Self.precisions)
  }

  public func prepare(
    _ programs: [PathProgram], decoders: [DecoderProgram], parameters: any ParameterSource
  ) async throws -> any PreparedModel {
    let precision = device.precision
    let weights = try await pool.run { _ in
      try CPUParameters(
        operations: programs.flatMap(\.operations) + decoders.flatMap(\.operations), source: parameters,
        precision: precision)
    }
    return CPUModel(
      programs: programs, decoders: decoders, parameters: weights, tokenBudget: tokenBudget, pool: pool,
      collector: collector)
  }

  /// Weights are held packed for both directions; every worker has an arena a program.
  public func memory(of programs: [PathProgram], longest: Int) -> DeviceMemory {
    let parts = memoryParts(of: programs, longest: longest)
    return DeviceMemory(
      weights: parts.plainWeights + parts.packedWeights, arenas: parts.arena * parts.workers, staging: 0,
      tokenBudget: parts.evaluationTokens, available: nil)
  }

  /// The same, part by part.
  public func memoryParts(of programs: [PathProgram], longest: Int) -> CPUMemory {
    let roles = ParameterRoles(programs.flatMap(\.operations), precision: device.precision)
    let tokens = max(tokenBudget, longest)
    return CPUMemory(
      plainWeights: roles.plainBytes, packedWeights: roles.packedBytes, workers: pool.count,
      evaluationTokens: tokens,
      arena: programs.reduce(DeviceMemory.rotations(of: programs, longest: longest)) {
        $0 + PathExecutor.elementCount($1, tokenCapacity: tokens)
      } * MemoryLayout<Float>.stride)
  }

  /// Time and work by op so far; nil unless it was asked for.
  public var profile: KernelProfile? { collector?.value }

  /// A stream for one plan, on the calling thread.
  package func stream(for plan: Plan, parameters: any ParameterSource) throws -> any Kernels {
    try CPUStream(
      parameters: CPUParameters(
        operations: plan.instructions.map(\.operation), source: parameters, precision: device.precision))
  }
}
