import SalienceTensors

/// Runs plans in float64 with plain loops: slow, exact, and what every other backend is compared with.
public struct ReferenceBackend: Backend {
  public let device = DeviceDescription(
    name: "reference", details: "float64 reference, one thread", concurrency: 1, tolerance: 1e-13)

  public init() {}

  public func prepare(
    _ programs: [PathProgram], decoders: [DecoderProgram], parameters: any ParameterSource
  ) async throws -> any PreparedModel {
    ReferenceModel(programs: programs, decoders: decoders, parameters: parameters)
  }
}

/// Opens a fresh stream for every call, so that it holds no state to share.
private struct ReferenceModel: PreparedModel {
  let programs: [PathProgram]
  let decoders: [DecoderProgram]
  let parameters: any ParameterSource

  private func executor(_ program: Int, longest: Int?) throws -> PathExecutor {
    try PathExecutor(
      programs[program], tokenCapacity: max(64, longest ?? 1), on: ReferenceStream(parameters: parameters))
  }

  func outputs(program: Int, of points: [PathEnd]) async throws -> [[Float]] {
    try executor(program, longest: points.map(\.sequence.count).max()).outputs(of: points)
  }

  func tapped(program: Int, _ requests: [TapRequest]) async throws -> [TappedOutputs] {
    try executor(program, longest: requests.map(\.end.sequence.count).max()).tapped(requests)
  }

  func attribute(program: Int, requests: [PathRequest]) async throws -> [PathResponse] {
    try executor(program, longest: requests.map(\.input.sequence.count).max()).attribute(requests)
  }

  func generate(decoder: Int, _ request: GenerationRequest) async throws -> [[Int32]] {
    try DecoderExecutor(
      decoders[decoder], tokenCapacity: request.longest, on: ReferenceStream(parameters: parameters)
    ).generate(request)
  }
}
