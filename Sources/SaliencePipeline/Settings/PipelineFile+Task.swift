import SalienceAttribution
import SalienceJSON
import SalienceModels

extension PipelineFile {
  /// Keys of the pipeline that say what its models are asked.
  static let taskKeys = ["task", "pooling", "tensor_prefix", "allow_unused_tensors", "generation", "answers"]

  /// Names of tasks in pipeline files, as the Hub's pipelines have them.
  enum TaskName: String, CaseIterable {
    case textClassification = "text-classification"
    case questionAnswering = "question-answering"
    case causalLM = "causal-lm"
    case fillMask = "fill-mask"
    case tokenClassification = "token-classification"

    var head: ModelHead {
      switch self {
      case .textClassification: .sequenceClassification
      case .questionAnswering: .questionAnswering
      case .causalLM: .causalLM
      case .fillMask: .maskedLM
      case .tokenClassification: .tokenClassification
      }
    }
  }

  static func task(_ top: MappingDecoder) throws -> TaskSettings {
    var task = TaskSettings()
    task.head = try top.choice("task", TaskName.self)?.head
    task.pooling = try top.choice("pooling", TaskSettings.Pooling.self) ?? task.pooling
    task.tensorPrefix = try top.string("tensor_prefix")
    task.allowedTensors = try allowedTensors(top)
    if let node = top.node("generation") {
      let mapping = try MappingDecoder(
        node, path: "generation", keys: ["max_new_tokens", "temperature", "top_k", "top_p", "seed"])
      task.generation = try generation(mapping)
    }
    if let node = top.node("answers") {
      let mapping = try MappingDecoder(node, path: "answers", keys: ["max_tokens", "stride"])
      task.maximumAnswerLength = try mapping.integer("max_tokens", in: 1...10_000) ?? task.maximumAnswerLength
      task.stride = try mapping.integer("stride", in: 0...10_000) ?? task.stride
    }
    return task
  }

  /// `true` for all, or names of tensors, in which `*` stands for any text.
  private static func allowedTensors(_ top: MappingDecoder) throws -> [String] {
    switch top.node("allow_unused_tensors")?.value {
    case nil, .scalar("false", plain: true): return []
    case .scalar("true", plain: true): return ["*"]
    default: return try top.strings("allow_unused_tensors") ?? []
    }
  }

  private static func generation(_ mapping: MappingDecoder) throws -> GenerationSettings {
    var settings = GenerationSettings()
    settings.maximumNewTokens = try mapping.integer("max_new_tokens", in: 1...100_000) ?? settings.maximumNewTokens
    settings.temperature = try temperature(mapping)
    settings.topK = try mapping.integer("top_k", in: 1...10_000_000)
    settings.topP = try mapping.positiveNumber("top_p")
    settings.seed = UInt64(try mapping.integer("seed", in: 0...Int(UInt32.max)) ?? 0)
    if let topP = settings.topP, topP > 1 { throw mapping.fault("top_p", "must be at most 1, not \(topP)") }
    guard settings.temperature == nil else { return settings }
    for key in ["top_k", "top_p", "seed"] where mapping.node(key) != nil {
      throw mapping.fault(key, "says how tokens are drawn, which takes a 'temperature'")
    }
    return settings
  }

  /// Elsewhere a temperature of 0 often means the likeliest token.
  private static func temperature(_ mapping: MappingDecoder) throws -> Double? {
    if case .scalar(let text, plain: true) = mapping.node("temperature")?.value, Double(text) == 0 {
      throw mapping.fault(
        "temperature", "must be a number above 0, not \(text); leave it out to take the likeliest token")
    }
    return try mapping.positiveNumber("temperature")
  }
}

extension TaskSettings {
  /// Reads what a model is asked from options of the command line, with the pipeline file's names and checks.
  ///
  /// - Throws: `PipelineError.usage` naming the option as it was typed.
  public init(options: [PipelineOverride]) throws {
    var node = PipelineNode(value: .mapping([]), origin: .option("--set"))
    for option in options { try node.apply(option) }
    self = try PipelineFile.task(MappingDecoder(node, path: "", keys: PipelineFile.taskKeys))
  }

  /// Under the names of the pipeline file, with every default filled in.
  var members: [JSONMember] {
    let name = PipelineFile.TaskName.allCases.first { $0.head == head }
    return [
      JSONMember(name: "task", value: name.map { .string($0.rawValue) } ?? nil),
      JSONMember(name: "pooling", value: .string(pooling.rawValue)),
      JSONMember(name: "tensor_prefix", value: tensorPrefix.map { .string($0) } ?? nil),
      JSONMember(name: "allow_unused_tensors", value: .array(allowedTensors.map { .string($0) })),
      JSONMember(
        name: "generation",
        value: [
          "max_new_tokens": .integer(generation.maximumNewTokens),
          "temperature": generation.temperature.map { .double($0) } ?? nil,
          "top_k": generation.topK.map { .integer($0) } ?? nil,
          "top_p": generation.topP.map { .double($0) } ?? nil, "seed": .integer(Int(generation.seed)),
        ]),
      JSONMember(name: "answers", value: ["max_tokens": .integer(maximumAnswerLength), "stride": .integer(stride)]),
    ]
  }
}
