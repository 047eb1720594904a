import SalienceJSON
import SalienceTensors
import Synchronization

/// A backend whose work goes on elsewhere, the processor for one, when its own device fails for good.
///
/// A lost device, or one that computes wrong numbers, is given up for the rest of the run; an example that does not fit
/// into its memory is scored elsewhere alone.
public final class FallbackBackend: Backend {
  private struct State {
    var isGivenUp = false
    var reason: String?
    /// Answered elsewhere, and by the device itself.
    var examples = 0
    var ownExamples = 0
  }

  private let primary: any Backend
  let spare: any Backend
  private let warn: @Sendable (String) -> Void
  private let state = Mutex(State())

  /// - Parameter warn: told once why the spare backend takes over.
  public init(_ primary: any Backend, spare: any Backend, warn: @escaping @Sendable (String) -> Void) {
    self.primary = primary
    self.spare = spare
    self.warn = warn
  }

  public var device: DeviceDescription { primary.device }
  public var profile: KernelProfile? { primary.profile }

  public func measureCeilings() async throws -> DeviceCeilings? { try await primary.measureCeilings() }

  public func memory(of programs: [PathProgram], longest: Int) -> DeviceMemory {
    primary.memory(of: programs, longest: longest)
  }

  public func prepare(
    _ programs: [PathProgram], decoders: [DecoderProgram], parameters: any ParameterSource
  ) async throws -> any PreparedModel {
    var model: (any PreparedModel)?
    do {
      if !isGivenUp { model = try await primary.prepare(programs, decoders: decoders, parameters: parameters) }
    } catch let fault as any DeviceFault where fault.remedy != .none {
      // A model that does not fit runs elsewhere; the next one may fit.
      note(fault)
    }
    return FallbackModel(
      primary: model, on: self,
      spare: SpareModel(spare, programs: programs, decoders: decoders, parameters: parameters))
  }

  var isGivenUp: Bool { state.withLock { $0.isGivenUp } }

  /// For `run.json`; null where the device did all of the work.
  public var json: JSONValue {
    let state = state.withLock { $0 }
    guard let reason = state.reason else { return .null }
    return [
      "device": spare.device.json, "reason": .string(reason), "examples": .integer(state.examples),
      "for_good": .bool(state.isGivenUp),
    ]
  }

  /// What matrix products were computed in, the device's own first where it computed any.
  ///
  /// - Parameter isResumed: whether earlier attempts may have used the device.
  public func precisions(isResumed: Bool) -> [Precision] {
    let state = state.withLock { $0 }
    let usesOwn = isResumed || state.ownExamples > 0 || state.examples == 0
    let used = (usesOwn ? [device.precision] : []) + (state.examples > 0 ? [spare.device.precision] : [])
    return used.count == 2 && used[0] == used[1] ? [used[0]] : used
  }

  /// Takes note of why the spare backend is needed, for what is at hand or for all that is left.
  func note(_ fault: any DeviceFault) {
    let givesUp = fault.remedy == .anotherDevice
    let isNew = state.withLock { state in
      let isNew = givesUp ? !state.isGivenUp : state.reason == nil
      state.isGivenUp = state.isGivenUp || givesUp
      if isNew { state.reason = fault.message }
      return isNew
    }
    guard isNew else { return }
    let what = givesUp ? "going on" : "what does not fit goes on"
    warn("\(fault.message); \(what) on \(spare.device.name) (\(spare.device.details))")
  }

  /// - Parameter onDevice: whether the device itself answered them.
  func count(_ examples: Int, onDevice: Bool) {
    state.withLock { if onDevice { $0.ownExamples += examples } else { $0.examples += examples } }
  }
}

/// A model on a device, and on another as soon as it is needed there.
private final class FallbackModel: PreparedModel {
  private let primary: (any PreparedModel)?
  private let backend: FallbackBackend
  private let spare: SpareModel

  init(primary: (any PreparedModel)?, on backend: FallbackBackend, spare: SpareModel) {
    self.primary = primary
    self.backend = backend
    self.spare = spare
  }

  func outputs(program: Int, of points: [PathEnd]) async throws -> [[Float]] {
    try await answer(points) { try await $0.outputs(program: program, of: $1) }
  }

  func tapped(program: Int, _ requests: [TapRequest]) async throws -> [TappedOutputs] {
    try await answer(requests) { try await $0.tapped(program: program, $1) }
  }

  func attribute(program: Int, requests: [PathRequest]) async throws -> [PathResponse] {
    try await answer(requests, examples: { $0.askers }) { try await $0.attribute(program: program, requests: $1) }
  }

  func generate(decoder: Int, _ request: GenerationRequest) async throws -> [[Int32]] {
    try await answer(Array(request.prompts.indices)) { model, prompts in
      let part = GenerationRequest(
        prompts: prompts.map { request.prompts[$0] }, limits: prompts.map { request.limits[$0] },
        endTokens: request.endTokens
      ) {
        request.choose(prompts[$0], $1, $2)
      }
      return try await model.generate(decoder: decoder, part)
    }
  }

  /// - Parameter examples: how many examples to be told of an item stands for; 0 where it is none.
  private func answer<Item: Sendable, Answer: Sendable>(
    _ items: [Item], examples: @escaping @Sendable (Item) -> Int = { _ in 0 },
    _ body: @escaping @Sendable (any PreparedModel, [Item]) async throws -> [Answer]
  ) async throws -> [Answer] {
    try await answeringInHalves(items) { items in
      if let primary, !backend.isGivenUp {
        do {
          let answers = try await body(primary, items)
          backend.count(items.reduce(0) { $0 + examples($1) }, onDevice: true)
          return answers
        } catch let fault as any DeviceFault where fault.remedy == .anotherDevice {
          backend.note(fault)
        }
      }
      return try await answerElsewhere(items, examples: examples, body)
    } alone: { item, fault in
      backend.note(fault)
      return try await answerElsewhere([item], examples: examples, body)[0]
    }
  }

  /// In as many parts as the spare backend has workers, for it was given a call as large as the device wanted.
  private func answerElsewhere<Item: Sendable, Answer: Sendable>(
    _ items: [Item], examples: @Sendable (Item) -> Int,
    _ body: @escaping @Sendable (any PreparedModel, [Item]) async throws -> [Answer]
  ) async throws -> [Answer] {
    backend.count(items.reduce(0) { $0 + examples($1) }, onDevice: false)
    let model = try await spare.model()
    let parts = max(1, min(items.count, backend.spare.device.concurrency))
    return try await withThrowingTaskGroup(of: (Int, [Answer]).self) { group in
      for part in 0..<parts {
        let own = Array(items[items.count * part / parts..<items.count * (part + 1) / parts])
        group.addTask { (part, try await body(model, own)) }
      }
      var answers = [[Answer]](repeating: [], count: parts)
      for try await (part, answer) in group { answers[part] = answer }
      return answers.flatMap { $0 }
    }
  }
}

/// A model that is loaded when it is first asked for.
private actor SpareModel {
  private let backend: any Backend
  private let programs: [PathProgram]
  private let decoders: [DecoderProgram]
  private let parameters: any ParameterSource
  private var loading: Task<any PreparedModel, any Error>?

  init(
    _ backend: any Backend, programs: [PathProgram], decoders: [DecoderProgram], parameters: any ParameterSource
  ) {
    self.backend = backend
    self.programs = programs
    self.decoders = decoders
    self.parameters = parameters
  }

  func model() async throws -> any PreparedModel {
    let task =
      loading
      ?? Task { [backend, programs, decoders, parameters] in
        try await backend.prepare(programs, decoders: decoders, parameters: parameters)
      }
    loading = task
    return try await task.value
  }
}
