import Salience
import SalienceJSON
import SaliencePipeline
import SalienceReports
import SalienceTensors

/// What `check` says of a plan.
struct PlanReport {
  let plan: PipelinePlan
  let pipeline: Pipeline
  /// The pipeline file as it was named.
  let file: String
  let device: DeviceDescription
  /// What was noticed while the dataset was opened.
  let notes: [String]

  /// The error to end with where a run could do nothing; nil where it could.
  var error: PipelineError? {
    if plan.rows == 0 { return PipelineError(.data, "the dataset has no rows", at: file) }
    guard let model = plan.models.first(where: \.failsAlways) else { return nil }
    return PipelineError(
      .data, "not one of the \(plan.sampledRows) rows looked at can be scored under model \(model.name)", at: file)
  }

  /// For people.
  var lines: [String] {
    let rate = plan.matrixProductRate.map { ", \(gflops($0)) in \(device.precision.rawValue) matrix products" }
    let verdict = error == nil ? "valid" : "NOT valid"
    var lines = ["\(file): \(verdict); \(plan.rows) rows on \(device.details)\(rate ?? "")"]
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
        "  \(model.name): memory about \(bytes(model.memory)) (weights \(bytes(model.weightBytes)), workers"
          + " \(bytes(model.workerBytes)), texts \(bytes(model.textBytes)))\(room(model)); \(decimal(model.tokensPerRow)) tokens and"
          + " \(decimal(model.flopsPerRow / 1e9)) GFLOP per row, \(gflops(model.flopsPerSecond)) \(source):"
          + " \(duration(model.seconds))")
      if model.measuredCopies > 0 {
        lines.append("    faithfulness: about \(model.measuredCopies) copies of a text per explained output")
      }
      if let unread = model.unusedTensors.summary { lines.append("    \(unread)") }
      if let note = model.unknownLabels.text(of: plan.sampledRows, model: model.name) { lines.append("    \(note)") }
      guard !model.failures.isEmpty else { continue }
      lines.append("    \(model.failures.count) of the \(plan.sampledRows) rows looked at cannot be scored:")
      lines += FailedRow.first(3, of: model.failures).map { "      \($0.summary)" }
    }
    lines.append("  disk about \(bytes(Int(clamping: plan.disk.bytes))) in \(pipeline.output.directory)\(free)")
    lines.append("  in all \(duration(plan.models.reduce(0) { $0 + $1.seconds }))")
    return lines
  }

  /// How the tables compare with the disk's free space.
  private var free: String {
    guard let available = plan.disk.available else { return "" }
    let room = bytes(Int(clamping: available))
    return plan.disk.fits ? ", of \(room) free" : ", MORE than the \(room) that are free"
  }

  /// How a model's memory compares with the device's own, where it has its own.
  private func room(_ model: PipelinePlan.Model) -> String {
    guard let available = model.device.available else { return "" }
    let batches = "batches of \(model.device.tokenBudget) tokens"
    return model.fits
      ? " of \(bytes(available)), \(batches)" : ", MORE than the device's \(bytes(available)) with \(batches)"
  }

  /// For programs.
  var json: JSONValue {
    let models = plan.models.map { model -> JSONValue in
      [
        "model": .string(model.name), "memory_bytes": .integer(model.memory),
        "weight_bytes": .integer(model.weightBytes), "worker_bytes": .integer(model.workerBytes),
        "text_bytes": .integer(model.textBytes),
        "memory": model.plannedMemory?.json ?? .null,
        "device_memory": [
          "weights": .integer(model.device.weights), "arenas": .integer(model.device.arenas),
          "staging": .integer(model.device.staging), "end_points_and_sums": .integer(model.endBytes),
          "evaluation_tokens": .integer(model.device.tokenBudget),
          "available": model.device.available.map { .integer($0) } ?? .null, "fits": .bool(model.fits),
        ],
        "tokens_per_row": .double(model.tokensPerRow), "gflop_per_row": .double(model.flopsPerRow / 1e9),
        "measured_copies": .integer(model.measuredCopies), "gflops": .double(model.flopsPerSecond / 1e9),
        "probed_rows": .integer(model.probedRows),
        "loading_seconds": .double(model.loadingSeconds), "scoring_seconds": .double(model.scoringSeconds),
        "other_seconds": .double(model.otherSeconds), "estimated_seconds": .double(model.seconds),
        "unknown_labels": model.unknownLabels.json,
        "unread_tensors": model.unusedTensors.summary.map { .string($0) } ?? .null,
        "bad_rows": .array(model.failures.sorted { $0.row < $1.row }.map(\.json)),
      ]
    }
    return [
      "pipeline": pipeline.resolved, "device": device.json, "valid": .bool(error == nil),
      "matmul_gflops": plan.matrixProductRate.map { .double($0 / 1e9) } ?? .null, "rows": .integer(plan.rows),
      "sampled_rows": .integer(plan.sampledRows), "dataset_notes": .array(notes.map(JSONValue.string)),
      "disk": [
        "bytes": .integer(plan.disk.bytes), "available": plan.disk.available.map { .integer($0) } ?? .null,
        "fits": .bool(plan.disk.fits),
      ],
      "models": .array(models),
      "estimated_seconds": .double(plan.models.reduce(0) { $0 + $1.seconds }),
    ]
  }

  private func gflops(_ flopsPerSecond: Double) -> String { "\(decimal(flopsPerSecond / 1e9)) GFLOP/s" }

  private func bytes(_ bytes: Int) -> String {
    let megabytes = bytes / 1_000_000 + (bytes % 1_000_000 > 0 ? 1 : 0)
    return megabytes < 10_000 ? "\(megabytes) MB" : "\(megabytes / 1000) GB"
  }

  /// Two significant digits or, from 10 on, a whole number.
  private func decimal(_ value: Double) -> String {
    guard value < 10 else { return "\(Int(min(value, 1e15).rounded()))" }
    return value < 1 ? "\((value * 1000).rounded() / 1000)" : "\((value * 10).rounded() / 10)"
  }

  private func duration(_ seconds: Double) -> String {
    let whole = Int(min(seconds, 1e12).rounded(.up))
    switch whole {
    case ..<120: return "about \(whole) s"
    case ..<600: return "about \(whole / 60) min \(whole % 60) s"
    case ..<7200: return "about \((whole + 30) / 60) min"
    default: return "about \(whole / 3600) h \(whole % 3600 / 60) min"
    }
  }
}

extension FailedRow {
  /// As in the errors table.
  var json: JSONValue {
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
