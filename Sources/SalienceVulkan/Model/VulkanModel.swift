import Foundation
import SalienceTensors

/// A model's programs, the weights on the current device, and the threads that run it.
final class VulkanModel: PreparedModel, @unchecked Sendable {
  // Unchecked: `loaded` is touched under `lock` only.
  let host: VulkanHost
  let budget: TokenBudget
  /// Of matrix products.
  let precision: Precision
  /// The device's, for warnings.
  let name: String
  let warn: @Sendable (String) -> Void
  private let programs: [PathProgram]
  let decoders: [DecoderProgram]
  private let source: any ParameterSource
  let pool: WorkerPool<Void>
  private let lock = NSLock()
  private var loaded: (session: VulkanSession, parameters: VulkanParameters)?

  init(
    programs: [PathProgram], decoders: [DecoderProgram], source: any ParameterSource, host: VulkanHost,
    pool: WorkerPool<Void>, budget: TokenBudget, precision: Precision, name: String,
    warn: @escaping @Sendable (String) -> Void
  ) {
    self.programs = programs
    self.decoders = decoders
    self.source = source
    self.host = host
    self.pool = pool
    self.budget = budget
    self.precision = precision
    self.name = name
    self.warn = warn
  }

  deinit { loaded?.session.shelf.clear(model: ObjectIdentifier(self)) }

  /// Uploads the weights, again after a lost device.
  ///
  /// - Throws: what the source throws, or `VulkanError`.
  func load() throws {
    try recovering { session in _ = try parameters(in: session) }
  }

  func outputs(program: Int, of points: [PathEnd]) async throws -> [[Float]] {
    try await answer(points, ends: points, program: program) { try $0.outputs(of: $1) }
  }

  func tapped(program: Int, _ requests: [TapRequest]) async throws -> [TappedOutputs] {
    try await answer(requests, ends: requests.map(\.end), program: program) { try $0.tapped($1) }
  }

  /// Answers what is asked at points alone.
  private func answer<Item: Sendable, Answer: Sendable>(
    _ items: [Item], ends: [PathEnd], program: Int,
    _ body: @escaping @Sendable (PathExecutor, [Item]) throws -> [Answer]
  ) async throws -> [Answer] {
    try await pool.run { [self] _ in
      try answer(
        items[...], program: program, work: ends.map { Work(longest: $0.sequence.count, tokens: $0.sequence.count) }
      ) { try body($0, Array($1)) }
    }
  }

  func attribute(program: Int, requests: [PathRequest]) async throws -> [PathResponse] {
    let work = requests.map { request in
      let length = request.input.sequence.count
      return Work(longest: length, tokens: length * max(1, request.batchPointCount) * max(1, request.samples.count))
    }
    return try await pool.run { [self] _ in
      try answer(requests[...], program: program, work: work) { try $0.attribute(Array($1)) }
    }
  }

  /// The weights on a session's device.
  func parameters(in session: VulkanSession) throws -> VulkanParameters {
    try lock.withLock {
      if let loaded, loaded.session === session { return loaded.parameters }
      loaded = nil
      func upload() throws -> VulkanParameters {
        try VulkanParameters(
          SortedParameters(programs, decoders: decoders), source: source, precision: precision,
          recorder: session.recorder())
      }
      let parameters: VulkanParameters
      do {
        parameters = try upload()
      } catch let error as VulkanError where error.isShortOfMemory {
        // Arenas of the model before may still be there.
        session.shelf.clear()
        parameters = try upload()
      }
      loaded = (session, parameters)
      return parameters
    }
  }

  /// Runs `body` with an executor of at most `capacity` tokens a batch.
  func execute<Answer>(
    program: Int, tokens: Int, capacity: Int, on session: VulkanSession, _ body: (PathExecutor) throws -> Answer
  ) throws -> Answer {
    let parameters = try parameters(in: session)
    // Small requests take small arenas; powers of two let one arena serve many sizes.
    var least = 64
    while least < tokens, least < capacity { least *= 2 }
    let answer = try session.shelf.lend(
      ExecutorShelf.Key(model: ObjectIdentifier(self), program: program), capacities: min(least, capacity)...capacity,
      make: { tokens in
        try PathExecutor(
          programs[program], tokenCapacity: tokens,
          on: VulkanStream(parameters: parameters, recorder: session.recorder()))
      }, body)
    session.savePipelines()
    return answer
  }
}
