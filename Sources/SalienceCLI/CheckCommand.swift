import ArgumentParser
import Salience
import SalienceJSON
import SaliencePipeline
import SalienceReports
import SalienceTensors

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
      if let warning = run.warning { warnOnStandardError(warning) }
      run.datasetNotes.forEach(warnOnStandardError)
      let plan = try await PipelinePlan(run)
      if json {
        try writeResult(json(plan, pipeline, device: run.backend.device.json).text(pretty: true))
      } else if !quiet {
        try writeResult(text(plan, device: run.backend.device))
      }
    }
  }

  private func text(_ plan: PipelinePlan, device: DeviceDescription) -> String {
    let rate = plan.matrixProductRate.map { ", \(gflops($0)) in \(device.precision.rawValue) matrix products" }
    var lines = ["\(options.pipeline): valid; \(plan.rows) rows on \(device.details)\(rate ?? "")"]
    for model in plan.models {
      let source =
        if model.probedRows > 0 {
          "measured on \(model.probedRows) rows"
        } else if model.tokensPerRow > 0 {
          "estimated: a row takes too long to try one"
        } else {
          "estimated: there is no row to try"
        }
      lines.append(
        "  \(model.name): memory about \(megabytes(model.memory)) (weights \(megabytes(model.weightBytes)), workers"
          + " \(megabytes(model.workerBytes)))\(room(model)); \(decimal(model.tokensPerRow)) tokens and"
          + " \(decimal(model.flopsPerRow / 1e9)) GFLOP a row, \(gflops(model.flopsPerSecond)) \(source):"
          + " \(duration(model.seconds))")
      if let unread = model.unusedTensors.summary { lines.append("    \(unread)") }
      if let first = model.failures.min(by: { $0.row < $1.row }) {
        lines.append(
          "    \(model.failures.count) of the first \(plan.sampledRows) rows cannot be scored, the first of them:"
            + " \(first.datasetFile), \(first.message)")
      }
      if let note = model.unknownLabels.text(of: plan.sampledRows, model: model.name) { lines.append("    \(note)") }
    }
    lines.append("  in all \(duration(plan.models.reduce(0) { $0 + $1.seconds }))")
    return lines.joined(separator: "\n")
  }

  /// How a model's memory compares with the device's own, where it has its own.
  private func room(_ model: PipelinePlan.Model) -> String {
    guard let available = model.device.available else { return "" }
    let batches = "batches of \(model.device.tokenBudget) tokens"
    return model.fits
      ? " of \(megabytes(available)), \(batches)" : ", MORE than the device's \(megabytes(available)) with \(batches)"
  }

  private func json(_ plan: PipelinePlan, _ pipeline: Pipeline, device: JSONValue) -> JSONValue {
    let models = plan.models.map { model -> JSONValue in
      [
        "model": .string(model.name), "memory_bytes": .integer(model.memory),
        "weight_bytes": .integer(model.weightBytes), "worker_bytes": .integer(model.workerBytes),
        "memory": model.plannedMemory?.json ?? .null,
        "device_memory": [
          "weights": .integer(model.device.weights), "arenas": .integer(model.device.arenas),
          "staging": .integer(model.device.staging), "end_points_and_sums": .integer(model.endBytes),
          "evaluation_tokens": .integer(model.device.tokenBudget),
          "available": model.device.available.map { .integer($0) } ?? .null, "fits": .bool(model.fits),
        ],
        "tokens_per_row": .double(model.tokensPerRow), "gflop_per_row": .double(model.flopsPerRow / 1e9),
        "gflops": .double(model.flopsPerSecond / 1e9), "probed_rows": .integer(model.probedRows),
        "estimated_seconds": .double(model.seconds),
        "unknown_labels": model.unknownLabels.json,
        "unread_tensors": model.unusedTensors.summary.map { .string($0) } ?? .null,
        "bad_rows": .array(model.failures.sorted { $0.row < $1.row }.map(\.json)),
      ]
    }
    return [
      "pipeline": pipeline.resolved, "device": device,
      "matmul_gflops": plan.matrixProductRate.map { .double($0 / 1e9) } ?? .null, "rows": .integer(plan.rows),
      "sampled_rows": .integer(plan.sampledRows), "models": .array(models),
      "estimated_seconds": .double(plan.models.reduce(0) { $0 + $1.seconds }),
    ]
  }

  private func gflops(_ flopsPerSecond: Double) -> String { "\(decimal(flopsPerSecond / 1e9)) GFLOP/s" }

  private func megabytes(_ bytes: Int) -> String { "\((bytes + 999_999) / 1_000_000) MB" }

  /// Two significant digits or, from 10 on, a whole number.
  private func decimal(_ value: Double) -> String {
    guard value < 10 else { return "\(Int(min(value, 1e15).rounded()))" }
    return value < 1 ? "\((value * 1000).rounded() / 1000)" : "\((value * 10).rounded() / 10)"
  }

  private func duration(_ seconds: Double) -> String {
    let whole = Int(min(seconds, 1e12).rounded(.up))
    switch whole {
    case ..<120: return "about \(whole) s"
    case ..<7200: return "about \(whole / 60) min"
    default: return "about \(whole / 3600) h \(whole % 3600 / 60) min"
    }
  }
}

extension FailedRow {
  /// As in the errors table.
  fileprivate var json: JSONValue {
    [
      "dataset_file": .string(datasetFile), "row": .integer(row),
      "example_id": exampleID.map { .string($0) } ?? .null, "stage": .string(stage.rawValue),
      "message": .string(message),
    ]
  }
}

extension PlannedMemory {
  /// The parts of `memory_bytes`: bytes, but for the counts of workers and tokens.
  fileprivate var json: JSONValue {
    [
      "plain_weights": .integer(model.plainWeights), "packed_weights": .integer(model.packedWeights),
      "workers": .integer(model.workers), "evaluation_tokens": .integer(model.evaluationTokens),
      "worker_arena": .integer(model.arena),
      "example_tokens": .integer(exampleTokens), "end_points_per_token": .integer(endPointsPerToken),
      "accumulator_per_token_and_target": .integer(accumulatorPerTokenAndTarget),
    ]
  }
}
