import ArgumentParser
import Foundation
import Salience
import SalienceAttribution
import SalienceCheckpoints
import SalienceDatasets
import SaliencePipeline
import SalienceReports
import SalienceTensors

struct AttributeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attribute", abstract: "Score one text and colour its tokens.",
    discussion: "Example: salience attribute \"Not bad at all.\" --model models/demo/checkpoint-8000")

  @Argument(help: "The text.") var text: String
  @Option(help: "A second text: the context of a question, the continuation of a prompt.") var pair: String?
  @Option(help: "A Hugging Face directory, or org/name in the local cache.") var model: String
  @Option(help: "text-classification, question-answering, token-classification, fill-mask or causal-lm.")
  var task: String?
  @Option(name: .customLong("set"), help: "KEY=VALUE of the task, as in generation.max_new_tokens=35.")
  var taskSettings: [String] = []
  @Option(help: "integrated-gradients or gradient-x-input.") var method = Pipeline.MethodName.integratedGradients
    .rawValue
  @Option(help: "predicted, all, maximum, a class, token or index. (default: predicted)") var target: String?
  @Option(parsing: .upToNextOption, help: "Two classes or tokens, A B: why A rather than B.")
  var contrast: [String] = []
  @Option(help: "Points on the path. (default: 50)") var steps: String?
  @Option(help: "The rule for the path's points, riemann-middle for one. (default: gauss-legendre)")
  var quadrature: String?
  @Option(help: "Instead of steps: as few as bring |delta| under this share of the output's difference.")
  var tolerance: String?
  @Option(help: "Most points with a tolerance. (default: 257)") var maxSteps: String?
  @Option(help: "pad, mask, unk, zero or a token. (default: pad)") var baseline: String?
  @Option(help: "false: special tokens are replaced by the baseline too. (default: true)") var keepSpecial: String?
  @Option(help: "l2, l2-full, sum, l1 or none. (default: l2)") var normalize: String?
  @Option(help: "embeddings, word-embeddings or 'encoder layer N'. (default: embeddings)") var layer: String?
  @Option(help: "Explain the logit or the probability. (default: logit)") var output: String?
  @Option(help: "l2 or sum: how gradient-x-input makes one score a token. (default: l2)") var reduction: String?
  @Option(help: "Average over noisy inputs: smoothgrad, smoothgrad-squared or vargrad. (default: no noise)")
  var noiseKind: String?
  @Option(help: "Noisy inputs to average over. (default: 8)") var noiseSamples: String?
  @Option(help: "Standard deviation of the noise. (default: 0.1)") var noiseDeviation: String?
  @Option(help: "Another number, other noise. (default: 0)") var noiseSeed: String?
  @Option(help: "auto, cpu, vulkan, vulkan:N or vulkan:UUID.") var device = "auto"
  @Option(help: "f32, bf16 or f16: what matrix products are computed in. (default: f32)") var precision: String?
  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "Time every kernel and print a table on standard error.") var profile = false
  @Flag(help: "No warning of a large convergence delta.") var quiet = false

  func validate() throws {
    try requirePaths([("--model", model)])
    guard contrast.isEmpty || contrast.count == 2 else {
      throw ValidationError("--contrast takes two classes or tokens, and stands after the text")
    }
    guard contrast.isEmpty || target == nil else { throw ValidationError("--contrast and --target exclude each other") }
  }

  func run() async throws {
    try await reportingFailures {
      let method = try self.settings()
      guard let device = Pipeline.Device(device) else {
        throw PipelineError(.usage, Pipeline.Device.choices(insteadOf: device), at: "--device \(device)")
      }
      let precision = try Pipeline.Precision(option: self.precision)
      let backend = try device.backend(precision: precision, profile: profile)
      if let warning = backend.device.substitution(for: precision) { warnOnStandardError(warning) }
      let model = try await load(method, on: backend)
      if pair == nil, model.task.head == .questionAnswering {
        throw PipelineError(.usage, "a question is answered from a context: give it with --pair TEXT")
      }
      let example = Example(row: 0, id: "0", text: text, textPair: pair)
      guard let result = try await model.score([try model.input(text, pair: pair)]).first else { return }
      let (decision, explanations) = (try result.get().decision, try result.get().explanations)
      if let profile = backend.profile {
        writeToStandardError(ProfileReport(profile, ceilings: try await backend.measureCeilings()).text)
      }
      let scored = ScoredExample(
        example: example, encoding: decision.encoding, prediction: decision.prediction, explanations: explanations,
        status: text.isEmpty && (pair ?? "").isEmpty ? .empty : .ok)
      if !quiet { Convergence(of: scored).warnings(naming: false).forEach(warnOnStandardError) }
      if json {
        try writeResult(scored.json().text(pretty: true))
      } else {
        let style = ColoredTokens.style(
          environment: ProcessInfo.processInfo.environment, isTerminal: Terminal.standardOutputIsTerminal)
        try writeResult(ColoredTokens(style: style).render(scored))
      }
    }
  }

  /// The options under their names in a pipeline file.
  private var options: [(key: String, value: String)] {
    let all = [
      ("steps", steps), ("quadrature", quadrature), ("tolerance", tolerance),
      ("max_steps", maxSteps), ("baseline", baseline), ("keep_special", keepSpecial), ("normalize", normalize),
      ("target", target), ("layer", layer), ("output", output), ("reduction", reduction),
      ("noise.kind", noiseKind), ("noise.samples", noiseSamples), ("noise.deviation", noiseDeviation),
      ("noise.seed", noiseSeed),
    ]
    return all.compactMap { key, value in value.map { (key, $0) } }
  }

  private func typed(_ key: String) -> String {
    if key == "target", !contrast.isEmpty { return "--contrast \(contrast.joined(separator: " "))" }
    let option = "--\(key.replacing(".", with: "-").replacing("_", with: "-"))"
    return options.first { $0.key == key }.map { "\(option) \($0.value)" } ?? option
  }

  private func settings() throws -> Pipeline.Method {
    guard let name = Pipeline.MethodName(rawValue: method) else {
      let names = Pipeline.MethodName.allCases.map(\.rawValue)
      let hint = NearestName.hint(for: method, among: names)
      throw PipelineError(
        .usage, "no method '\(method)': known are \(names.joined(separator: ", "))\(hint)", at: "--method \(method)")
    }
    var overrides = options.map { PipelineOverride(option: typed($0.key), path: $0.key, values: [$0.value]) }
    if !contrast.isEmpty {
      overrides.append(PipelineOverride(option: typed("target"), path: "target.contrast", values: contrast))
    }
    let settings = try Pipeline.Method(name: name, options: overrides)
    if settings.target == .label {
      throw PipelineError(.usage, "a single text has no label: name its class", at: typed("target"))
    }
    return settings
  }

  private func askedTask() throws -> TaskSettings {
    let own = task.map { [PipelineOverride(option: "--task \($0)", path: "task", values: [$0])] } ?? []
    return try TaskSettings(options: own + taskSettings.map(PipelineOverride.init(set:)))
  }

  private func load(_ method: Pipeline.Method, on backend: any Backend) async throws -> AttributionModel {
    let checkpoint = try Checkpoint(directory: model)
    do {
      return try await AttributionModel(
        checkpoint: checkpoint, task: try askedTask(), methods: [try method.attributionMethod()], on: backend)
    } catch let error as AttributionError where error.code == .usage {
      throw PipelineError(
        error, target: method.target, model: model, configuration: checkpoint.config,
        at: typed(error.setting?.rawValue ?? "method"))
    } catch {
      throw PipelineError.naming(model, in: error)
    }
  }
}
