import ArgumentParser
import Salience
import SalienceJSON
import SaliencePipeline

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Validate a pipeline and plan memory and time; writes nothing.",
    discussion: "Example: salience check pipelines/demo.yaml")

  @OptionGroup var options: PipelineOptions
  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "Say nothing where all is well.") var quiet = false

  func run() async throws {
    try await reportingFailures {
      let pipeline = try options.load()
      let run = try PipelineRun(pipeline)
      let plan = try await PipelinePlan(run)
      if json {
        let models = plan.models.map { model -> JSONValue in
          [
            "model": .string(model.name), "memory_bytes": .integer(model.memory),
            "probed_rows": .integer(model.probedRows), "estimated_seconds": .double(model.seconds),
          ]
        }
        let value: JSONValue = [
          "pipeline": pipeline.resolved, "device": run.backend.device.json, "rows": .integer(plan.rows),
          "models": .array(models),
        ]
        try writeResult(value.text(pretty: true))
      } else if !quiet {
        try writeResult("\(options.pipeline): valid; \(plan.rows) rows on \(run.backend.device.details)")
        for model in plan.models {
          try writeResult(
            "  \(model.name): about \(model.memory / 1_000_000) MB, \(duration(model.seconds))"
              + " (from \(model.probedRows) rows)")
        }
        try writeResult("  in all \(duration(plan.models.reduce(0) { $0 + $1.seconds }))")
      }
    }
  }

  private func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded(.up))
    switch whole {
    case ..<120: return "about \(whole) s"
    case ..<7200: return "about \(whole / 60) min"
    default: return "about \(whole / 3600) h \(whole % 3600 / 60) min"
    }
  }
}
