import SalienceDatasets
import SalienceReports
import SalienceTokenizers

extension ModelStages {
  /// Loads the model when the first slice is there, and turns slices into batches.
  func tokenizeAndScore() async throws {
    guard let firstSlice = await slices.receive() else {
      complete.finish()
      return
    }
    let scorer = try await model.load()
    run.progress.beginScoring()
    // What was loaded was loaded from the files that the run's fingerprint tells of.
    try await BlockingQueue("check").run { try self.model.checkFiles() }
    working.withLock { $0 = max(scorer.concurrency, 1) }
    for _ in 0..<max(scorer.concurrency, 1) {
      start {
        try await self.scoreBatches(scorer)
        // The last to leave closes the way to the writer.
        let isLast = self.working.withLock { working in
          working -= 1
          return working == 0
        }
        if isLast { self.complete.finish() }
      }
    }
    defer { batches.finish() }
    let queue = BlockingQueue("tokenize")
    var next: SliceInFlight? = firstSlice
    while let slice = next {
      let (ready, known) = try await queue.run { try self.tokenize(slice, scorer: scorer) }
      run.progress.skip(known)
      run.takeOver(known)
      let rows = ready.flatMap(\.rows)
      run.progress.pass(slice.rows.count - known - rows.count)
      run.progress.prepare(rows.count, work: rows.reduce(0) { $0 + scorer.work($1) })
      if ready.isEmpty {
        guard await complete.send(slice) else { return }
      }
      for batch in ready {
        guard await batches.send(batch) else { return }
      }
      next = await slices.receive()
    }
  }

  /// Fills the slots of rows that cannot be scored or were scored by an earlier attempt.
  ///
  /// - Returns: batches of the others, and how many rows an earlier attempt has scored.
  private func tokenize(_ slice: SliceInFlight, scorer: any ModelScorer) throws -> (batches: [Batch], known: Int) {
    var encoded: [EncodedExample] = []
    var known = 0
    for (offset, record) in slice.records.enumerated() {
      let row = slice.rows.lowerBound + Int64(offset)
      switch record {
      case .bad(let bad) where bad.row == row: _ = slice.fill(row, with: .failed(FailedRow(bad)))
      case .example(let example, let location) where example.row == row:
        let windows: [Encoding]
        do {
          windows = try scorer.encode(example)
        } catch {
          _ = slice.fill(row, with: slice.failure(of: example, stage: .tokenize, error))
          continue
        }
        let logged = slice.log.takeRow(row)
        if let logged,
          let slot = try? LoggedRow.slot(from: logged, example: example, windows: windows, at: location)
        {
          _ = slice.fill(row, with: completed(slot, scorer, location))
          known += 1
        } else {
          encoded.append(EncodedExample(example: example, windows: windows))
        }
      default: throw PipelineError(.software, "a record has another index than its row \(row)")
      }
    }
    let batches = Batcher.batches(
      of: encoded, slice: slice, tokenBudget: scorer.tokenBudget, concurrency: scorer.concurrency)
    return (batches, known)
  }

  private func completed(
    _ slot: SliceInFlight.Slot, _ scorer: any ModelScorer, _ location: RecordLocation
  ) -> SliceInFlight.Slot {
    if case .scored(let scored) = slot { .scored(scorer.completed(scored, from: location.file)) } else { slot }
  }

  private func scoreBatches(_ scorer: any ModelScorer) async throws {
    while let batch = await batches.receive() {
      let results = try await scorer.score(batch.rows)
      guard results.count == batch.rows.count else {
        throw PipelineError(.software, "\(results.count) results for a batch of \(batch.rows.count) rows")
      }
      let slots = zip(batch.rows, results).map { row, result -> (row: EncodedExample, slot: SliceInFlight.Slot) in
        let slot: SliceInFlight.Slot =
          switch result {
          case .success(let scored) where scored.isFinite:
            completed(.scored(scored), scorer, batch.slice.location(of: row.example.row))
          case .success:
            batch.slice.failure(of: row.example, stage: .score, RowFailure("a score is not a finite number"))
          case .failure(let failure): batch.slice.failure(of: row.example, stage: .score, failure)
          }
        return (row, slot)
      }
      // Before the slice can be complete: its log ends with its unit.
      keeper.keep(slots, of: batch.slice)
      var isComplete = false
      for (row, slot) in slots { isComplete = batch.slice.fill(row.example.row, with: slot) || isComplete }
      run.progress.advance(batch.rows.count, work: batch.rows.reduce(0) { $0 + scorer.work($1) })
      if isComplete { guard await complete.send(batch.slice) else { return } }
    }
  }
}

extension ScoredExample {
  /// Whether the numbers the tables hold are all finite.
  fileprivate var isFinite: Bool {
    prediction.probability.isFinite && prediction.logits.allSatisfy(\.isFinite)
      && explanations.allSatisfy { explanation in
        explanation.output.isFinite && explanation.attributions.allSatisfy(\.isFinite)
          && explanation.normalized.allSatisfy(\.isFinite) && (explanation.convergenceDelta?.isFinite ?? true)
      }
  }
}
