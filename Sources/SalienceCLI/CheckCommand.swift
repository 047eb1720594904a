import ArgumentParser
import Salience
import SalienceJSON
import SaliencePipeline
import SalienceReports

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Validate a pipeline and plan memory, disk and time; writes nothing.",
    discussion: "Example: salience check pipelines/demo.yaml --limit 1000")

  @OptionGroup var options: PipelineOptions
  @Option(help: "Plan for the first N rows only.") var limit: Int64?
  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "Say nothing where all is well.") var quiet = false

  func validate() throws { try RowLimit.validate(limit) }

  func run() async throws {
    try await reportingFailures {
      var pipeline = try options.load()
      if let trial = try MethodTrial(pipeline) {
        let choice = try await trial.choose(limit: limit)
        if !json, !quiet { for line in [choice.text, choice.summary] { try writeResult(linesOf: line) } }
        pipeline = try trial.pipeline(with: choice)
      }
      let run = try PipelineRun(pipeline)
      if let warning = run.warning { warnOnStandardError(warning) }
      run.datasetNotes.forEach(warnOnStandardError)
      let report = PlanReport(
        plan: try await PipelinePlan(run, limit: limit), pipeline: pipeline, file: options.pipeline,
        device: run.backend.device, notes: run.datasetNotes)
      if json {
        try writeResult(report.json)
      } else if !quiet {
        for line in report.lines { try writeResult(line) }
      }
      if let error = report.error { throw error }
    }
  }
}
