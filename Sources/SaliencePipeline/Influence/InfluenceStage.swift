import SalienceAttribution
import SalienceDatasets
import SalienceFoundation
import SalienceReports

/// Finds the training rows behind a run's answers, when every row is scored.
///
/// First each checkpoint reads all training rows and all scored rows, one forward pass each; what its last layer reads
/// goes to disk unit by unit. Then each unit of scored rows is compared with every unit of training rows, of which
/// memory holds one at a time. What is on disk is not computed again when a run goes on.
struct InfluenceStage: Sendable {
  /// What the stage reads from.
  struct Inputs: Sendable {
    /// Opens a set's records at the first.
    let open: @Sendable (InfluenceSet) throws -> any RecordReader
    /// Loads a checkpoint, the first to the last.
    let models: [@Sendable () async throws -> any ClassifierReader]
    /// Scored rows, the limit of the run.
    let limit: Int64?
  }

  let settings: Influence
  let inputs: Inputs
  let files: InfluenceFiles
  let unitRows: Int
  let includesText: Bool
  /// Throws where the run is to stop.
  let checkInterruption: @Sendable () throws -> Void
  /// Tells how far the stage is.
  let tell: @Sendable (String) -> Void

  /// Finds the rows, and writes the table.
  ///
  /// - Parameters:
  ///   - path: where the table goes.
  ///   - format: how it is written.
  /// - Throws: `PipelineError.data` where not one training row can be used; what a reader or a model threw.
  func execute(writing path: String, as format: any ReportFormat) async throws -> InfluenceSummary {
    try DurableFile.makeDirectories(files.directory)
    var units: [InfluenceSet: Int] = [:]
    for (index, load) in inputs.models.enumerated() {
      var model: (any ClassifierReader)?
      for set in InfluenceSet.allCases { units[set] = try await read(set, checkpoint: index, &model, load) }
    }
    let (training, scored) = (units[.training] ?? 0, units[.scored] ?? 0)
    var summary = InfluenceSummary()
    for unit in 0..<training { summary.training.add(try blocks(.training, unit)) }
    guard summary.training.used > 0 else {
      throw PipelineError(
        .data,
        "influence: not one of \(summary.training.rows) training rows can be used"
          + (InfluenceSummary(training: summary.training).notes.first.map { " (\($0))" } ?? ""))
    }
    for unit in 0..<scored {
      let own = try blocks(.scored, unit)
      summary.scored.add(own)
      if DurableFile.exists(files.choices(unit: unit)) { continue }
      tell("influence: \(unit * unitRows) of \(scored * unitRows) rows compared with \(summary.training.rows)")
      var scores = InfluenceScores(settings, scored: own)
      for other in 0..<training {
        try checkInterruption()
        await scores.add(try blocks(.training, other))
      }
      try InfluenceChoices(scores, first: own.first?.rows.lowerBound ?? 0).write(to: files.choices(unit: unit))
    }
    try checkInterruption()
    try write(path, as: format, units: scored)
    return summary
  }

  private func blocks(_ set: InfluenceSet, _ unit: Int) throws -> [ReadingBlock] {
    try inputs.models.indices.map { try ReadingBlock(path: files.readings(set, checkpoint: $0, unit: unit)) }
  }

  /// Has a checkpoint read what it has not read yet of a set.
  ///
  /// - Parameter model: loaded when it is needed.
  /// - Returns: how many units the set has.
  private func read(
    _ set: InfluenceSet, checkpoint: Int, _ model: inout (any ClassifierReader)?,
    _ load: () async throws -> any ClassifierReader
  ) async throws -> Int {
    let reader = try inputs.open(set)
    let limit = set == .scored ? inputs.limit.map { Int(clamping: $0) } ?? .max : .max
    var (unit, rows) = (0, 0)
    while rows < limit {
      try checkInterruption()
      let wanted = min(unitRows, limit - rows)
      let path = files.readings(set, checkpoint: checkpoint, unit: unit)
      let count: Int
      if DurableFile.exists(path) {
        count = try reader.skip(wanted)
      } else {
        var records: [DatasetRecord] = []
        while records.count < wanted, let record = try reader.next() { records.append(record) }
        count = records.count
        if count > 0 {
          if model == nil { model = try await load() }
          if let model { try await read(records, first: Int64(rows), set, unit, model).write(to: path) }
        }
      }
      if count == 0 { break }
      rows += count
      unit += 1
      tell("influence: \(rows) \(set.rawValue) rows read by model \(checkpoint + 1) of \(inputs.models.count)")
      if count < wanted { break }
    }
    return unit
  }

  private func read(
    _ records: [DatasetRecord], first: Int64, _ set: InfluenceSet, _ unit: Int, _ model: any ClassifierReader
  ) async throws -> ReadingBlock {
    var results = [RowReading](repeating: (.bad, nil), count: records.count)
    var (batches, batch, tokens) = ([[(place: Int, input: TaskInput)]](), [(place: Int, input: TaskInput)](), 0)
    var examples: [Example] = []
    for (place, record) in records.enumerated() {
      guard case .example(let example, _) = record else { continue }
      examples.append(example)
      guard let input = model.encode(example, of: set) else {
        results[place] = (.unscored, nil)
        continue
      }
      batch.append((place, input))
      tokens += input.windows.reduce(0) { $0 + $1.count }
      if tokens >= Self.batchTokens {
        batches.append(batch)
        (batch, tokens) = ([], 0)
      }
    }
    if !batch.isEmpty { batches.append(batch) }
    // Records are written first: where readings are, they are too.
    try InfluenceRecords(examples, includesText: includesText).write(to: files.records(set, unit: unit))
    try await withThrowingTaskGroup(of: [(Int, RowReading)].self) { group in
      var next = 0
      func start() {
        guard next < batches.count else { return }
        let own = batches[next]
        next += 1
        group.addTask {
          try checkInterruption()
          return Array(zip(own.map(\.place), try await model.read(own.map(\.input), of: set)))
        }
      }
      for _ in 0..<max(1, model.concurrency) { start() }
      while let answers = try await group.next() {
        for (place, answer) in answers { results[place] = answer }
        start()
      }
    }
    return ReadingBlock(first: first, results)
  }

  /// Tokens of a batch.
  private static let batchTokens = 2048

  /// Writes the table, one unit of scored rows in memory at a time.
  private func write(_ path: String, as format: any ReportFormat, units: Int) throws {
    try DurableFile.remove(path)
    let file = try format.create(path, for: InfluenceRow.table)
    do {
      for unit in 0..<units {
        let choices = try InfluenceChoices(path: files.choices(unit: unit))
        let scored = try InfluenceRecords(path: files.records(.scored, unit: unit)).records
        try file.append(try rows(choices, scored))
      }
      _ = try file.finish()
    } catch {
      file.cancel()
      throw error
    }
  }

  /// The table's rows of a unit of scored rows.
  private func rows(
    _ choices: InfluenceChoices, _ scored: [Int64: InfluenceRecords.Record]
  ) throws -> [InfluenceRow] {
    let wanted = Set(choices.lists.flatMap { $0.highest + $0.lowest }.map { Int($0.row) / unitRows })
    let chosen = Set(choices.lists.flatMap { $0.highest + $0.lowest }.map(\.row))
    var training: [Int64: InfluenceRecords.Record] = [:]
    for unit in wanted.sorted() {
      let records = try InfluenceRecords(path: files.records(.training, unit: unit)).records
      training.merge(records.filter { chosen.contains($0.key) }) { first, _ in first }
    }
    var rows: [InfluenceRow] = []
    for (number, lists) in zip(choices.rows, choices.lists) {
      for (effect, entries) in [(settings.effects.highest, lists.highest), (settings.effects.lowest, lists.lowest)] {
        for (place, entry) in entries.enumerated() {
          var row = InfluenceRow()
          row.row = number
          row.exampleID = scored[number]?.id ?? "\(number)"
          row.effect = effect
          row.rank = Int32(clamping: place + 1)
          row.trainingRow = entry.row
          let record = training[entry.row]
          row.trainingID = record?.id ?? "\(entry.row)"
          row.trainingText = record?.text
          row.trainingTextPair = record?.textPair
          row.trainingLabel = record?.label
          row.score = entry.score
          rows.append(row)
        }
      }
    }
    return rows
  }
}
