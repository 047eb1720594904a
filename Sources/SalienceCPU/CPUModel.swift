import SalienceTensors

/// A model's weights and the pool that runs it; every thread makes its own stream on first use.
final class CPUModel: PreparedModel {
  private let programs: [PathProgram]
  private let decoders: [DecoderProgram]
  private let parameters: CPUParameters
  private let tokenBudget: Int
  private let pool: WorkerPool<CPUWorker>
  /// nil where ops are not timed.
  private let collector: ProfileCollector?

  init(
    programs: [PathProgram], decoders: [DecoderProgram] = [], parameters: CPUParameters, tokenBudget: Int,
    pool: WorkerPool<CPUWorker>, collector: ProfileCollector? = nil
  ) {
    self.programs = programs
    self.decoders = decoders
    self.parameters = parameters
    self.tokenBudget = tokenBudget
    self.pool = pool
    self.collector = collector
  }

  func outputs(program: Int, of points: [PathEnd]) async throws -> [[Float]] {
    try await pool.run { [self] context in
      try executor(program, longest: points.map(\.sequence.count).max() ?? 1, in: context).outputs(of: points)
    }
  }

  func tapped(program: Int, _ requests: [TapRequest]) async throws -> [TappedOutputs] {
    try await pool.run { [self] context in
      try executor(program, longest: requests.map(\.end.sequence.count).max() ?? 1, in: context).tapped(requests)
    }
  }

  func attribute(program: Int, requests: [PathRequest]) async throws -> [PathResponse] {
    try await pool.run { [self] context in
      try executor(program, longest: requests.map(\.input.sequence.count).max() ?? 1, in: context)
        .attribute(requests)
    }
  }

  private func executor(_ program: Int, longest: Int, in context: CPUWorker) throws -> PathExecutor {
    let key = ExecutorKey(model: ObjectIdentifier(parameters), program: program)
    if let known = context.executors[key], known.capacity >= longest { return known.executor }
    // Models run one after another: executors of the one before give their memory back here.
    context.executors = context.executors.filter { $0.key.model == key.model && $0.key != key }
    let capacity = max(tokenBudget, longest)
    let executor = try PathExecutor(
      programs[program], tokenCapacity: capacity, on: CPUStream(parameters: parameters), profile: collector)
    context.executors[key] = PreparedExecutor(executor: executor, capacity: capacity)
    return executor
  }

  func generate(decoder: Int, _ request: GenerationRequest) async throws -> [[Int32]] {
    try await pool.run { [self] context in
      try self.decoder(decoder, longest: request.longest, in: context).generate(request)
    }
  }

  private func decoder(_ decoder: Int, longest: Int, in context: CPUWorker) throws -> DecoderExecutor {
    let key = ExecutorKey(model: ObjectIdentifier(parameters), program: decoder)
    if let known = context.decoders[key], known.capacity >= longest { return known }
    context.decoders = context.decoders.filter { $0.key.model == key.model && $0.key != key }
    // Doubling keeps the number of times that longer prompts ask for more memory small.
    var capacity = 64
    while capacity < longest { capacity *= 2 }
    let executor = try DecoderExecutor(
      decoders[decoder], tokenCapacity: capacity, on: CPUStream(parameters: parameters), profile: collector)
    context.decoders[key] = executor
    return executor
  }
}
