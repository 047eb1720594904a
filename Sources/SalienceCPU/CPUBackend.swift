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

  public func prepare(_ programs: [PathProgram], parameters: any ParameterSource) async throws -> any PreparedModel {
    let precision = device.precision
    let weights = try await pool.run { _ in
      try CPUParameters(programs, source: parameters, precision: precision)
    }
    return CPUModel(programs: programs, parameters: weights, tokenBudget: tokenBudget, pool: pool, collector: collector)
  }

  /// Weights are held packed for both directions; every worker has an arena a program.
  public func memory(of programs: [PathProgram], longest: Int) -> DeviceMemory {
    let tokens = max(tokenBudget, longest)
    // Both copies of a matrix take as much as one in float32 where an element takes half of that.
    let copies = 2 * device.precision.size / Precision.f32.size
    let weights = DeviceMemory.weights(of: programs) { $0.shape.count == 2 ? copies : 1 }
    let arenas = programs.reduce(0) { $0 + PathExecutor.elementCount($1, tokenCapacity: tokens) }
    return DeviceMemory(
      weights: weights * MemoryLayout<Float>.stride, arenas: arenas * pool.count * MemoryLayout<Float>.stride,
      staging: 0, tokenBudget: tokens, available: nil)
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
