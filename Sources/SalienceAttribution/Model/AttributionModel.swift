import SalienceCheckpoints
import SalienceModels
import SalienceTensors
import SalienceTokenizers

/// A checkpoint on a backend, ready to decide and to be explained.
public struct AttributionModel: Sendable {
  public let tokenizer: Tokenizer
  public let architecture: any Architecture
  public let task: any ModelTask
  public let methods: [any AttributionMethod]
  /// What is measured of every explanation; nil for nothing.
  public let faithfulness: Faithfulness?
  /// What of the checkpoint's file is not read.
  public let unusedTensors: UnusedTensors
  /// The model cut at each layer, readout and function of its logits that a method asks for, and for the task's decisions.
  public let programs: [PathProgram]
  let programOfMethod: [Int]
  /// The same in float32, where a method has a tolerance that rounding on the device may keep it from.
  let preciseProgramOfMethod: [Int?]
  /// Probabilities of what the method explains, where something is measured.
  let probabilityProgramOfMethod: [Int]
  let decisionProgram: Int
  /// What methods ask of the attention of layers, by the layer.
  let attention: [Int: LayerAttention]
  let prepared: any PreparedModel
  let precision: Precision
  private let endTokens: Set<Int32>
  /// The same methods under random weights, where a metric needs them; none or one.
  private let untrained: [AttributionModel]

  /// Loads a Hugging Face directory and checks weights and settings before anything is scored.
  ///
  /// - Parameters:
  ///   - task: what the model is asked; as its configuration says unless given.
  ///   - faithfulness: what is measured of every explanation; nothing unless given.
  ///   - taps: what decisions read of the model besides its logits, for `tapped`; nothing unless given.
  ///   - savings: what is left out of the work; without some, scores are the same but for rounding.
  public init(
    checkpoint: Checkpoint, task: TaskSettings = TaskSettings(), methods: [any AttributionMethod],
    faithfulness: Faithfulness? = nil, taps: [Tap] = [], savings: ExactSavings = .all, on backend: any Backend
  ) async throws {
    try await self.init(
      checkpoint: checkpoint, task: task, methods: methods, faithfulness: faithfulness, taps: taps, savings: savings,
      randomWeights: nil, on: backend)
  }

  /// - Parameter randomWeights: a seed for weights that take the place of the checkpoint's.
  private init(
    checkpoint: Checkpoint, task: TaskSettings, methods: [any AttributionMethod], faithfulness: Faithfulness?,
    taps: [Tap], savings: ExactSavings, randomWeights: UInt64?, on backend: any Backend
  ) async throws {
    try Self.validate(methods, for: checkpoint.config, task: task)
    let stored = try StoredModel(checkpoint, task: task)
    architecture = stored.architecture
    unusedTensors = stored.unused
    tokenizer = try Tokenizer(directory: checkpoint.directory)
    try Self.validate(tokenizer, in: checkpoint, for: architecture, head: task.head(for: checkpoint.config))
    self.task = try task.task(for: checkpoint.config, architecture: architecture, tokenizer: tokenizer)
    self.methods = methods
    self.faithfulness = faithfulness
    precision = backend.device.precision
    try Self.eachMethod(of: methods) { [tokenizer, task = self.task] method in
      try task.validate(method)
      let function = try task.function(of: method.output)
      try Self.requireRules(of: method, readout: task.readout(of: method.target), function: function)
      try method.validate(tokenizer: tokenizer)
    }
    var specs: [ProgramSpec] = []
    func place(of spec: ProgramSpec) -> Int {
      if let known = specs.firstIndex(of: spec) { return known }
      specs.append(spec)
      return specs.count - 1
    }
    let architecture = self.architecture
    func program(of method: any AttributionMethod, isRounded: Bool, task: any ModelTask) throws -> Int {
      let taps = method.taps(of: architecture)
      return place(
        of: ProgramSpec(
          layer: method.pathLayer, inner: method.layer == method.pathLayer ? nil : method.layer,
          readout: task.readout(of: method.target), output: try task.function(of: method.output), isRounded: isRounded,
          rules: method.rules, taps: taps.values, gradients: taps.gradients))
    }
    programOfMethod = try methods.map { [task = self.task] in try program(of: $0, isRounded: true, task: task) }
    preciseProgramOfMethod = try methods.map { [task = self.task] method in
      guard backend.device.precision != .f32, method.hasTolerance else { return nil }
      return try program(of: method, isRounded: false, task: task)
    }
    probabilityProgramOfMethod =
      faithfulness == nil
      ? []
      : methods.map { [task = self.task] method in
        place(
          of: ProgramSpec(
            readout: task.readout(of: method.target), output: task.probability ?? .identity, rules: nil))
      }
    let head = self.task.head
    var programs = try specs.map { [architecture] in try architecture.program(head, $0, savings: savings) }
    // Decisions read logits; at any layer, for the whole model runs.
    let decides = { [task = self.task] (spec: ProgramSpec) in
      spec.isRounded && spec.readout == task.readout && spec.output == .identity && spec.taps == taps
    }
    if let known = specs.firstIndex(where: decides) {
      decisionProgram = known
    } else {
      decisionProgram = programs.count
      programs.append(try architecture.program(head, ProgramSpec(readout: self.task.readout, rules: nil, taps: taps)))
    }
    self.programs = programs
    try stored.requireNumbers(in: Set(programs.flatMap(\.parameters).flatMap(\.pieces)))
    let decoders = head == .causalLM ? [try architecture.decoder()].compactMap { $0 } : []
    endTokens = head == .causalLM ? try checkpoint.endTokens : []
    let parameters: any ParameterSource =
      randomWeights.map { ReinitialisedParameters(stored.parameters, seed: $0) } ?? stored.parameters
    attention = try LayerAttention.layers(of: methods, architecture, head: head, parameters: parameters)
    prepared = try await backend.prepare(programs, decoders: decoders, parameters: parameters)
    untrained =
      faithfulness?.has(.randomWeightsTau) == true
      ? [
        try await AttributionModel(
          checkpoint: checkpoint, task: task, methods: methods, faithfulness: nil, taps: [], savings: savings,
          randomWeights: faithfulness?.seed, on: backend)
      ] : []
  }

  /// Whether the model is loaded a second time, with random weights.
  public var isLoadedTwice: Bool { !untrained.isEmpty }

  /// Checks head, layers, classes and outputs against a model's configuration, which takes neither its weights nor its tokenizer.
  ///
  /// - Throws: `AttributionError` with code `usage`, setting and method; `ModelError` or `CheckpointError` for a
  ///   configuration that cannot be used.
  public static func validate(
    _ methods: [any AttributionMethod], for configuration: ModelConfiguration, task: TaskSettings = TaskSettings()
  ) throws {
    let architecture = try ModelRegistry.architecture(for: configuration)
    try architecture.requireHead(task.head(for: configuration))
    let head = try task.head(for: configuration)
    let named = try task.taskOfClasses(for: configuration, architecture: architecture)
    try eachMethod(of: methods) { method in
      try named?.validate(method)
      _ = try named?.function(of: method.output)
      if case .encoder(let index) = method.layer, index >= architecture.layerCount {
        throw AttributionError(
          .usage, "no \(method.layer): the model has encoder layers 0 to \(architecture.layerCount - 1)",
          setting: .layer)
      }
      try method.validate(for: architecture, head: head)
    }
  }

  /// The tensors of a checkpoint that a task's model does not read; names and shapes of all are checked, and none is
  /// read.
  ///
  /// - Throws: `CheckpointError` where tensors are missing or of another shape, or where some are left over that may
  ///   change the model; `ModelError` for a configuration that cannot be used.
  public static func unusedTensors(of checkpoint: Checkpoint, task: TaskSettings) throws -> UnusedTensors {
    try StoredModel.unused(checkpoint, task: task)
  }

  /// Refuses settings of a tokenizer that make other inputs in transformers than are made here.
  private static func validate(
    _ tokenizer: Tokenizer, in checkpoint: Checkpoint, for architecture: any Architecture, head: ModelHead
  ) throws {
    let file = checkpoint.directory + "/tokenizer_config.json"
    if tokenizer.namesTypes, type(of: architecture).refusesTypeIDs {
      throw ModelError(
        .unsupported,
        "model_input_names lists token_type_ids, for which \(type(of: architecture).modelType) adds words' embeddings: "
          + "not supported", file: file)
    }
    // The question-answering pipeline of transformers then asks for the context first and cuts that.
    if head == .questionAnswering, tokenizer.padsLeft {
      throw ModelError(
        .unsupported, "padding_side 'left', with which the context stands before the question, is not supported",
        file: file)
    }
  }

  /// Calls `check` with each method, whose id its error then holds.
  private static func eachMethod(
    of methods: [any AttributionMethod], _ check: (any AttributionMethod) throws -> Void
  ) throws {
    for method in methods {
      do {
        try check(method)
      } catch var error as AttributionError {
        error.method = method.id
        throw error
      }
    }
  }

  /// Most tokens of a sequence: the model's positions, or fewer where the tokenizer says so.
  public var maximumLength: Int { min(architecture.maximumLength, tokenizer.modelMaxLength ?? .max) }

  /// What the task makes of a text: one input, or several windows of it.
  ///
  /// - Throws: `TokenizerError`, or `AttributionError` where an id is outside the model's vocabulary.
  public func input(
    _ text: String, pair: String? = nil, label: RowLabel? = nil, rationale: TextSpans? = nil, spans: TextSpans? = nil,
    maxLength: Int? = nil
  ) throws -> TaskInput {
    let windows = try task.windows(
      of: text, pair: pair, tokenizer: tokenizer, maxLength: min(maxLength ?? .max, maximumLength))
    for encoding in windows {
      guard encoding.count > 0 else { throw AttributionError(.example, "the text has no tokens") }
      guard encoding.ids.allSatisfy({ $0 >= 0 && $0 < architecture.vocabularySize }) else {
        throw AttributionError(.example, "a token's id is outside the model's vocabulary")
      }
      let types = architecture.readsTypeIDs ? encoding.modelTypeIDs : []
      guard types.allSatisfy({ $0 >= 0 && $0 < architecture.typeCount }) else {
        throw AttributionError(
          .example, "a token's type is outside the model's type_vocab_size of \(architecture.typeCount)")
      }
    }
    return TaskInput(text: text, pair: pair, label: label, rationale: rationale, spans: spans, windows: windows)
  }

  /// Decision and explanations of each input; an input that cannot be scored fails alone.
  ///
  /// - Throws: where the backend fails.
  public func score(_ inputs: [TaskInput]) async throws -> [Result<ScoredInput, AttributionError>] {
    let model = TaskModel(
      tokenizer: tokenizer, architecture: architecture, prepared: prepared, program: decisionProgram,
      endTokens: endTokens)
    var results: [Result<ScoredInput, AttributionError>] = try await task.decide(inputs, with: model).map {
      $0.map { ScoredInput(decision: $0, explanations: []) }
    }
    try await Explainer(model: self).explain(inputs, &results)
    for model in untrained { try await Explainer.compare(with: model, inputs, &results) }
    return results
  }
}

/// What a model decided of one input, and why.
public struct ScoredInput: Sendable {
  public let decision: Decision
  /// One per method, output and target, methods in the order of the model's.
  public let explanations: [Explanation]
  /// What the methods' questions took, one entry per method and output.
  public let seconds: [MethodTime]

  public init(decision: Decision, explanations: [Explanation], seconds: [MethodTime] = []) {
    self.decision = decision
    self.explanations = explanations
    self.seconds = seconds
  }
}

/// How long a method kept the device busy: a share of what batches took, by the FLOPs of its questions.
public struct MethodTime: Sendable, Equatable {
  /// The method's id.
  public let method: String
  public let seconds: Double

  public init(method: String, seconds: Double) {
    self.method = method
    self.seconds = seconds
  }
}
