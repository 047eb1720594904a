import ArgumentParser
import Salience
import SalienceCPU
import SalienceJSON
import SaliencePipeline
import SalienceReports
import Synchronization

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Score a dataset and publish its tables.",
    discussion: "Example: salience run pipelines/demo.yaml --resume")

  @OptionGroup var options: PipelineOptions
  @Option(help: "Score the first N rows only.") var limit: Int64?
  @Option(help: "Score part K of N, as K/N; the last to end finishes the run.") var shard: String?
  @Flag(help: "Go on with a run that was stopped.") var resume = false
  @Flag(help: "Remove the run that is there and begin again.") var overwrite = false
  @Flag(help: "No progress.") var quiet = false
  @Flag(help: "Print what the run came to as JSON.") var json = false
  @Flag(help: "Time every kernel; prints a table on standard error and keeps it in run.json.") var profile = false
  @Option(help: "cpu: what a GPU cannot go on with, the processor does.") var fallback: FallbackDevice?
  @Option(
    help: ArgumentHelp(
      "For tests of recovery: a GPU's failure, lost=N from its N-th submission on, or memory=BYTES as the largest "
        + "allocation.", visibility: .hidden))
  var injectFault: InjectedFault?

  func validate() throws {
    if resume && overwrite { throw ValidationError("--resume and --overwrite exclude each other") }
    try RowLimit.validate(limit)
  }

  func run() async throws {
    // A run may go on for days, and glibc would keep more and more of what it freed.
    Allocator.limitFreedMemory()
    let stopper = RunStopper()
    // Never released: until the process ends the signals are the listener's.
    _ = Unmanaged.passRetained(InterruptionListener { stopper.stop($0) })
    try await reportingFailures {
      let shard = try self.shard.map(UnitShard.init(parsing:))
      let pipeline = try await choosingMethod(try options.load())
      let runOptions = Run.Options(
        shard: shard, resume: resume, overwrite: overwrite, maxBadRows: pipeline.maxBadRows)
      let parts = try PipelineRun(
        pipeline, fallsBack: fallback == .cpu, profile: profile, faults: injectFault?.faults,
        standardInput: { try StandardInput(of: RunLayout(path: pipeline.output.directory), options: runOptions) })
      if let warning = parts.warning { warnOnStandardError(warning) }
      parts.datasetNotes.forEach(warnOnStandardError)
      let ceilings = profile ? try await parts.backend.measureCeilings() : nil
      let progress = RunProgress(
        style: .standard(
          isTerminal: Terminal.standardErrorIsTerminal, width: Terminal.width, quiet: quiet,
          noColor: Terminal.noColor), write: writeStyledMessage)
      let run = try parts.run(
        options: runOptions, limit: limit, progress: progress, ceilings: ceilings)
      stopper.attach(run)
      let summary = try await run.execute()
      let notes = summary.notes + parts.influenceNotes
      if !quiet { notes.forEach(warnOnStandardError) }
      let timing = parts.profileReport(ceilings)
      if let timing { writeMessage(linesOf: timing.text) }
      let rankings = pipeline.faithfulness != nil && summary.isFinished ? Self.rankings(of: run.layout) : []
      try report(summary, notes, timing, rankings, layout: run.layout)
      if let error = summary.badRowError(limit: pipeline.maxBadRows, in: run.layout) { throw error }
    }
  }

  /// The pipeline with the method that `methods: auto` takes: what the run chose that is there, or what a trial says.
  private func choosingMethod(_ pipeline: Pipeline) async throws -> Pipeline {
    guard let trial = try MethodTrial(pipeline) else { return pipeline }
    let layout = RunLayout(path: pipeline.output.directory)
    if resume || shard != nil, let chosen = try pipeline.withChoice(of: layout) {
      if !quiet {
        writeMessage("methods: auto keeps \(chosen.methods.map(\.id).joined(separator: ", ")), as the run began")
      }
      return chosen
    }
    if layout.holdsRun(), !resume, !overwrite, shard == nil { throw Run.existing(layout) }
    let choice = try await trial.choose(limit: limit)
    if !quiet { writeMessage(linesOf: choice.text) }
    let chosen = try trial.pipeline(with: choice)
    if !quiet { writeMessage(choice.summary) }
    return chosen
  }

  /// The methods by their faithfulness; none where not a row has metrics, or they cannot be read: the tables are
  /// published, and `rank` says what is wrong with them.
  private static func rankings(of layout: RunLayout) -> [Ranking] {
    (try? RunDirectory(path: layout.path).rankings()) ?? []
  }

  private func report(
    _ summary: RunSummary, _ notes: [String], _ timing: ProfileReport?, _ rankings: [Ranking], layout: RunLayout
  ) throws {
    let failed = summary.models.reduce(0) { $0 + $1.counts.quarantined }
    // The tables are published; that these rows cannot be shown is no failure of the run.
    let first =
      failed > 0 ? (try? FailedRow.first(3, inRun: layout.path, models: summary.models.map(\.name))) ?? [] : []
    if json {
      let models = summary.models.map { model -> JSONValue in
        [
          "model": .string(model.name), "rows": .integer(model.counts.rows),
          "quarantined": .integer(model.counts.quarantined), "unconverged": .integer(model.unconverged),
          "truncated": .integer(model.totals.truncated),
          "unknown_labels": model.totals.unknownLabels.json,
        ]
      }
      let value: JSONValue = [
        "directory": .string(layout.path), "finished": .bool(summary.isFinished), "rows": .integer(summary.rows),
        "seconds": .double(summary.seconds), "rows_taken_over": .integer(summary.takenOver), "models": .array(models),
        "convergence": summary.convergence.json,
        "notes": .array(notes.map(JSONValue.string)), "first_bad_rows": .array(first.map(\.json)),
      ]
      var members = value.objectValue ?? []
      if let timing { members.append(JSONMember(name: "profile", value: timing.json)) }
      if !rankings.isEmpty { members.append(JSONMember(name: "ranking", value: .array(rankings.map(\.json)))) }
      try writeResult(JSONValue.object(members), pretty: false)
    } else if !quiet {
      let state = summary.isFinished ? "" : ", \(summary.missingUnits) units left to other shards"
      let place = failed > 0 ? " (\(layout.errors) says why)" : ""
      writeMessage(
        "\(layout.path): \(summary.rows) rows under \(summary.models.count) model(s), \(failed) could not be scored"
          + "\(place)\(state)")
      for row in first { writeMessage("  \(row.summary)") }
      for ranking in rankings { writeMessage(ranking.summary) }
    }
  }
}

/// Hands a signal to the run, or ends the process where there is none yet.
private final class RunStopper: Sendable {
  /// Weakly: the listener outlives the run, whose device is to close before that.
  private struct Target {
    weak var run: Run?
    var isAttached = false
  }

  private let target = Mutex(Target())

  func attach(_ run: Run) { target.withLock { $0 = Target(run: run, isAttached: true) } }

  func stop(_ interruption: Interruption) {
    let (run, isAttached) = target.withLock { ($0.run, $0.isAttached) }
    run?.cancel(interruption)
    // Checksums of models and datasets may take minutes.
    guard !isAttached else { return }
    let error = interruption.error
    writeError("\(error.message) before the run began: the same command again")
    endProcess(ExitCode(error.kind.exitStatus))
  }
}

/// Where a run goes on when its own device fails for good.
enum FallbackDevice: String, ExpressibleByArgument, CaseIterable {
  case cpu
}
