import SalienceTensors

/// Runs models on a GPU, or on any other device with Vulkan, as compute shaders.
public final class VulkanBackend: Backend {
  public let device: DeviceDescription
  public let info: VulkanDeviceInfo
  /// What the validation layer says; nil where it is off.
  public let messages: ValidationMessages?
  /// What every device multiplies matrices in: half precision needs no feature of it, but uses matrix units where it
  /// has them.
  public static let precisions: [Precision] = [.f32, .bf16, .f16]

  let host: VulkanHost
  let pool: WorkerPool<Void>
  private let collector: ProfileCollector?
  private let tokenBudget: Int
  private let warn: @Sendable (String) -> Void

  /// Opens a device.
  ///
  /// - Parameters:
  ///   - precision: of matrix products.
  ///   - tokenBudget: tokens (T) of one evaluation batch, less where memory does not suffice; by default 16,384 on a
  ///     GPU and 1,024 on a software device. Results do not depend on it.
  ///   - threads: workers, each with a stream of its own, so that the device works while the host prepares.
  ///   - validation: whether the validation layer checks every call and the order of every access; by default what
  ///     the environment variable SALIENCE_VULKAN_VALIDATION says (1 turns it on).
  ///   - profile: whether every dispatch is timed.
  ///   - cacheDirectory: where compiled kernels are kept; by default the user's cache directory, empty for nowhere.
  ///   - faults: failures to inject, in tests.
  ///   - usesTimeline: false waits through fences even where the device has timeline semaphores.
  ///   - usesMatrixUnits: false leaves them alone even where the device has them.
  ///   - warn: told when memory runs out or the device is lost, and what is done about it, and what validation finds.
  /// - Throws: `VulkanError` with code `noLoader`, `noDevice` or `unsupported`.
  public init(
    selection: VulkanSelection = .auto, precision: Precision = .f32, tokenBudget: Int? = nil, threads: Int = 2,
    validation: Bool? = nil, profile: Bool = false, cacheDirectory: String? = nil, faults: VulkanFaults? = nil,
    usesTimeline: Bool = true, usesMatrixUnits: Bool = true,
    warn: @escaping @Sendable (String) -> Void = { _ in }
  ) throws {
    info = try selection.choose(from: VulkanDevices.all())
    let collector = profile ? ProfileCollector(lanes: 1) : nil
    let directory = cacheDirectory ?? PipelineCacheFile.userDirectory()
    let name = "vulkan:\(info.index)"
    let messages =
      validation ?? ValidationMessages.isWantedByEnvironment
      ? ValidationMessages { warn("\(name): validation: \($0)") } : nil
    host = try VulkanHost(
      VulkanConfiguration(
        uuid: info.uuid, messages: messages, faults: faults, profile: collector,
        cacheDirectory: directory == "" ? nil : directory, usesTimeline: usesTimeline,
        usesMatrixUnits: usesMatrixUnits, bound: CommandRecorder.Bound(), warn: { warn("\(name): \($0)") }))
    self.messages = messages
    self.collector = collector
    self.tokenBudget = tokenBudget ?? (info.kind == .cpu ? 1024 : 16_384)
    self.warn = warn
    pool = WorkerPool(count: max(1, threads), name: "salience-vulkan") {}
    device = DeviceDescription(
      name: name, details: "\(info.name), \(info.driverName) \(info.driverVersion)",
      concurrency: pool.count, evaluatedTokens: max(8192, 4 * self.tokenBudget), precision: precision,
      precisions: Self.precisions)
  }

  /// Weights once, and for every thread an arena a program with its tables of rotations, and a block of each kind.
  public func memory(of programs: [PathProgram], longest: Int) -> DeviceMemory {
    let weights = SortedParameters(programs).bytes(in: device.precision)
    let tokens = max(
      longest,
      TokenBudget.fitting(
        tokenBudget, programs: programs, streams: pool.count, weightBytes: weights, memory: info.memory,
        limits: info.limits, operandBytes: operandBytes))
    let arenas = programs.reduce(DeviceMemory.rotations(of: programs, longest: longest)) {
      $0 + PathExecutor.elementCount($1, tokenCapacity: tokens)
    }
    let operand = TokenBudget.largestValue(programs, tokens: tokens) * operandBytes
    let blocks = [MemoryUse.device, .upload, .readBack].reduce(0) { $0 + $1.blockSize }
    return DeviceMemory(
      weights: weights, arenas: (arenas * MemoryLayout<Float>.stride + operand) * pool.count,
      staging: blocks * pool.count, tokenBudget: tokens, available: info.memory)
  }

  /// Bytes per element that a stream needs to hand a product's operand to matrix units: 16 bits, and some for a row.
  private var operandBytes: Int { host.session.device.matrixUnits(for: device.precision) == nil ? 0 : 3 }

  /// Time and work by kernel so far; nil unless it was asked for, empty on a device without timestamps.
  public var profile: KernelProfile? { collector?.value }

  public func prepare(
    _ programs: [PathProgram], decoders: [DecoderProgram], parameters: any ParameterSource
  ) async throws -> any PreparedModel {
    let (host, pool, warn, wanted, device) = (self.host, self.pool, self.warn, tokenBudget, self.device)
    let operandBytes = operandBytes
    return try await pool.run { [info] _ in
      let weights = SortedParameters(programs, decoders: decoders).bytes(in: device.precision)
      let budget = TokenBudget.fitting(
        wanted, programs: programs, streams: pool.count, weightBytes: weights, memory: info.memory,
        limits: info.limits, operandBytes: operandBytes)
      let model = VulkanModel(
        programs: programs, decoders: decoders, source: parameters, host: host, pool: pool, budget: TokenBudget(budget),
        precision: device.precision, name: device.name, warn: warn)
      try model.load()
      return model
    }
  }

  /// A stream for one plan, on the calling thread.
  ///
  /// - Parameter limits: what kernels are to keep to instead of the device's own limits, which are no tighter.
  package func stream(
    for plan: Plan, parameters: any ParameterSource, limits: VulkanLimits? = nil
  ) throws -> any Kernels {
    let recorder = try host.session.recorder()
    return try VulkanStream(
      parameters: VulkanParameters(
        SortedParameters(plan), source: parameters, precision: device.precision, recorder: recorder),
      recorder: recorder, limits: limits)
  }
}
