import ArgumentParser
import Foundation
import Salience
import SalienceAttribution
import SalienceCheckpoints
import SalienceDatasets
import SaliencePipeline
import SalienceReports

struct AttributeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attribute", abstract: "Score one text and colour its tokens.",
    discussion: "Example: salience attribute \"Not bad at all.\" --model models/demo/checkpoint-8000")

  @Argument(help: "The text.") var text: String
  @Option(help: "A second text.") var pair: String?
  @Option(help: "A Hugging Face directory, or org/name in the local cache.") var model: String
  @Option(help: "integrated-gradients.") var method = Pipeline.MethodName.integratedGradients.rawValue
  @Option(help: "predicted, all, a class name or index.") var target = "predicted"
  @Option(help: "Points on the path.") var steps = 50
  @Option(help: "auto, cpu, vulkan or vulkan:N.") var device = "auto"
  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "No difference here: nothing but the result is printed.") var quiet = false

  func run() async throws {
    try await reportingFailures {
      guard Pipeline.MethodName(rawValue: method) != nil else {
        let known = Pipeline.MethodName.allCases.map(\.rawValue).joined(separator: ", ")
        throw PipelineError(.usage, "no method '\(method)': known are \(known)", at: "--method")
      }
      let explained = try IntegratedGradients(steps: steps, target: parsedTarget)
      guard let chosen = Pipeline.Device(option: device) else {
        throw PipelineError(.usage, "no device '\(device)': auto, cpu, vulkan or vulkan:N", at: "--device")
      }
      let loaded = try await AttributionModel(
        checkpoint: Checkpoint(directory: model), methods: [explained], on: chosen.backend())
      let example = Example(row: 0, id: "0", text: text, textPair: pair)
      let encoding = try loaded.encode(text, pair: pair)
      guard let result = try await loaded.score([encoding], labels: [nil]).first else { return }
      let (prediction, explanations) = try result.get()
      let scored = ScoredExample(
        example: example, encoding: encoding, prediction: prediction, explanations: explanations,
        status: text.isEmpty && (pair ?? "").isEmpty ? .empty : .ok)
      if json {
        try writeResult(scored.json().text(pretty: true))
      } else {
        let style = ColoredTokens.style(
          environment: ProcessInfo.processInfo.environment, isTerminal: Terminal.standardOutputIsTerminal)
        try writeResult(ColoredTokens(style: style).render(scored))
      }
    }
  }

  private var parsedTarget: Target {
    switch target {
    case "predicted": .predicted
    case "all": .all
    default: .class(.name(target))
    }
  }
}

extension Pipeline.Device {
  /// As `--device` writes it.
  init?(option: String) {
    switch option {
    case "auto": self = .auto
    case "cpu": self = .cpu
    case "vulkan": self = .vulkan(nil)
    default:
      guard option.hasPrefix("vulkan:"), let index = Int(option.dropFirst("vulkan:".count)) else { return nil }
      self = .vulkan(index)
    }
  }
}
