import ArgumentParser
import Foundation
import Salience
import SalienceAttribution
import SalienceCheckpoints
import SalienceDatasets
import SalienceFoundation
import SalienceJSON
import SalienceModels
import SaliencePipeline
import SalienceReports
import SalienceTensors

struct AttributeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attribute", abstract: "Score one text and colour its tokens.",
    discussion: """
      Examples:
        salience attribute "Not bad at all." --model models/demo/checkpoint-8000
        salience attribute --model models/demo/checkpoint-0100 --model models/demo/checkpoint-8000 - < text.txt
      """)

  @Argument(help: "The text; '-' is standard input. One that begins with '-' stands behind '--', at the end.")
  var text: String
  @Option(help: "A second text: the context of a question, the continuation of a prompt; '-' is standard input.")
  var pair: String?
  @Option(help: "A Hugging Face directory, or org/name in the local cache; several are shown one below the other.")
  var model: [String]
  @Option(help: "text-classification, question-answering, token-classification, fill-mask or causal-lm.")
  var task: String?
  @Option(
    name: .customLong("set"),
    help: "KEY=VALUE of the task, as in generation.max_new_tokens=35, or of a method that has no option for it.")
  var settings: [String] = []
  @OptionGroup var method: MethodOptions
  @Option(help: "auto, cpu, vulkan, vulkan:N or vulkan:UUID.") var device = "auto"
  @Option(help: "f32, bf16 or f16: what matrix products are computed in. (default: f32)") var precision: String?
  @Option(help: "What the colours are chosen for: dark or light. (default: the terminal's own background)")
  var background: ScoreColor.Background?
  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "Time every kernel and print a table on standard error.") var profile = false
  @Flag(help: "No warning of a large convergence delta.") var quiet = false

  func validate() throws {
    try requirePaths(model.map { ("--model", $0) })
    guard text != "-" || pair != "-" else { throw ValidationError("only one of the two texts can be standard input") }
  }

  func run() async throws {
    try await reportingFailures {
      let method = try self.method.read(settings: settings)
      guard let device = Pipeline.Device(device) else {
        throw PipelineError(.usage, Pipeline.Device.choices(insteadOf: device), at: "--device \(device)")
      }
      let precision = try Pipeline.Precision(option: self.precision)
      let backend = try device.backend(precision: precision, profile: profile)
      if let warning = backend.device.substitution(for: precision) { warnOnStandardError(warning) }
      let example = try self.example()
      var results: [(name: String, scored: ScoredExample)] = []
      for (path, name) in zip(model, try ModelName.unique(model)) {
        results.append((name, try await score(example, under: path, with: method, on: backend)))
      }
      if let profile = backend.profile {
        writeMessage(linesOf: ProfileReport(profile, ceilings: try await backend.measureCeilings()).text)
      }
      if !quiet {
        for (name, scored) in results {
          let model = results.count > 1 ? "\(name): " : ""
          for warning in Convergence(of: scored).warnings(naming: false) { warnOnStandardError(model + warning) }
        }
      }
      try show(results)
    }
  }

  private func example() throws -> Example {
    let text = try self.text == "-" ? PipedText.read() : self.text
    let pair = try self.pair == "-" ? PipedText.read() : self.pair
    return Example(row: 0, id: "0", text: text, textPair: pair)
  }

  private func score(
    _ example: Example, under path: String, with method: Pipeline.Method, on backend: any Backend
  ) async throws -> ScoredExample {
    let model = try await load(path, method, on: backend)
    try checkSettings(of: model, at: path)
    if example.textPair == nil, model.task.head == .questionAnswering {
      throw PipelineError(.usage, "a question is answered from a context: give it with --pair TEXT")
    }
    guard let result = try await model.score([try model.input(example.text, pair: example.textPair)]).first else {
      throw PipelineError(.software, "no result for the text", at: path)
    }
    return ScoredExample(example, try result.get())
  }

  /// One model's result is an object; those of several are a list with their names.
  private func show(_ results: [(name: String, scored: ScoredExample)]) throws {
    if json {
      if results.count == 1, let only = results.first { return try writeResult(only.scored.json()) }
      let models = try results.map { name, scored in
        JSONValue.object([JSONMember(name: "model", value: .string(name))] + (try scored.json().objectValue ?? []))
      }
      return try writeResult(["models": .array(models)])
    }
    let environment = ProcessInfo.processInfo.environment
    let style = ColoredTokens.style(environment: environment, isTerminal: Terminal.standardOutputIsTerminal)
    var background = self.background ?? ScoreColor.background(environment: environment)
    if background == nil, style != .plain { background = TerminalBackground.ask() }
    try writeStyledResult(ColoredTokens(style: style, background: background ?? .dark).render(results))
  }

  private func askedTask() throws -> TaskSettings {
    let own = task.map { [PipelineOverride(option: "--task \($0)", path: "task", values: [$0])] } ?? []
    return try TaskSettings(options: own + taskOverrides())
  }

  /// What is set of the task.
  private func taskOverrides() throws -> [PipelineOverride] {
    try settings.map(PipelineOverride.init(set:)).filter { !MethodOptions.isSetting($0) }
  }

  /// - Throws: `PipelineError.usage` for settings of a task that the model is not asked.
  private func checkSettings(of model: AttributionModel, at path: String) throws {
    let settings = try taskOverrides()
    for (key, head) in [("generation", ModelHead.causalLM), ("answers", .questionAnswering)]
    where model.task.head != head {
      guard let setting = settings.first(where: { $0.path.first == key }) else { continue }
      throw PipelineError(
        .usage, "'\(key)' is no setting of what \(path) is asked; is --task right?", at: setting.option)
    }
  }

  private func load(
    _ model: String, _ method: Pipeline.Method, on backend: any Backend
  ) async throws -> AttributionModel {
    let checkpoint = try Checkpoint(directory: model)
    do {
      return try await AttributionModel(
        checkpoint: checkpoint, task: try askedTask(), methods: [method.method], on: backend)
    } catch let error as AttributionError where error.code == .usage {
      throw PipelineError(
        error, target: method.method.target, model: model, configuration: checkpoint.config,
        at: self.method.typed(error.setting?.rawValue ?? "method"))
    } catch {
      throw PipelineError.naming(model, in: error)
    }
  }
}

extension ScoreColor.Background: ExpressibleByArgument {}
