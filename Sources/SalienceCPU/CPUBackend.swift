import Foundation
import SalienceTensors

/// Runs models on the processor: oneDNN for matrix products, SIMD loops for the rest, one worker a core.
public final class CPUBackend: Backend {
  public let device: DeviceDescription
  let pool: WorkerPool<CPUWorker>
  private let tokenBudget: Int

  /// What this processor multiplies matrices in.
  public static let precisions: [Precision] = [.f32]

  /// - Parameters:
  ///   - precision: of matrix products; f32 in place of one that is not among `precisions`.
  ///   - threads: workers; the processors that this process may use by default.
  ///   - tokenBudget: tokens (T) of one evaluation batch. Results do not depend on it.
  public init(precision: Precision = .f32, threads: Int? = nil, tokenBudget: Int = 512) {
    let count = max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount)
    self.tokenBudget = max(16, tokenBudget)
    pool = CPUWorker.pool(count: count)
    device = DeviceDescription(
      name: "cpu", details: "\(Processor.name), oneDNN \(Processor.libraryVersion), \(count) threads",
      concurrency: count, precision: precision.available(in: Self.precisions), precisions: Self.precisions)
  }

  public func prepare(_ programs: [PathProgram], parameters: any ParameterSource) async throws -> any PreparedModel {
    let weights = try await pool.run { _ in try CPUParameters(programs, source: parameters) }
    return CPUModel(programs: programs, parameters: weights, tokenBudget: tokenBudget, pool: pool)
  }

  /// A stream for one plan, on the calling thread.
  package static func stream(for plan: Plan, parameters: any ParameterSource) throws -> any Kernels {
    try CPUStream(parameters: CPUParameters(operations: plan.instructions.map(\.operation), source: parameters))
  }
}
