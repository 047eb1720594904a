/// Executes prepared models: on the CPU, on a GPU, or in float64 as the tests' reference.
public protocol Backend: Sendable {
  var device: DeviceDescription { get }

  /// Loads a model's weights, once for all its programs, and makes everything ready that does not depend on a batch.
  ///
  /// - Parameters:
  ///   - programs: the model cut at each attribution layer that the run asks for.
  ///   - decoders: the model as it generates, where the run asks for that.
  /// - Throws: what `parameters` throws, or `TensorError`.
  func prepare(
    _ programs: [PathProgram], decoders: [DecoderProgram], parameters: any ParameterSource
  ) async throws -> any PreparedModel

  /// What `prepare` and a run would take of memory.
  ///
  /// - Parameter longest: tokens of the longest sequence.
  func memory(of programs: [PathProgram], longest: Int) -> DeviceMemory

  /// Time and work by kernel so far; nil where it was not asked for.
  var profile: KernelProfile? { get }

  /// Measures the rates that a profile is read by, for at most a few seconds; nil for a device without.
  func measureCeilings() async throws -> DeviceCeilings?
}

extension Backend {
  /// Prepares a model that generates nothing.
  public func prepare(_ programs: [PathProgram], parameters: any ParameterSource) async throws -> any PreparedModel {
    try await prepare(programs, decoders: [], parameters: parameters)
  }

  /// One arena a worker, and one copy of the weights.
  public func memory(of programs: [PathProgram], longest: Int) -> DeviceMemory {
    let tokens = max(512, longest)
    let arenas = programs.reduce(0) { $0 + PathExecutor.elementCount($1, tokenCapacity: tokens) }
    return DeviceMemory(
      weights: DeviceMemory.weights(of: programs) * MemoryLayout<Float>.stride,
      arenas: arenas * device.concurrency * MemoryLayout<Float>.stride, staging: 0, tokenBudget: tokens,
      available: nil)
  }

  public var profile: KernelProfile? { nil }

  public func measureCeilings() async throws -> DeviceCeilings? { nil }
}
