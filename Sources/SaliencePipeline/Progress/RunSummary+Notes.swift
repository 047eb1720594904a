extension RunSummary {
  /// What a user should know of the run besides its counts, one line each, in the order they are printed.
  public var notes: [String] {
    convergence.warnings() + [truncationNote].compactMap { $0 } + labelNotes
  }

  /// Labels that are no class, one note a model.
  private var labelNotes: [String] {
    models.compactMap { $0.totals.unknownLabels.text(of: $0.counts.rows, model: $0.name) }
  }

  /// Rows whose text was cut to the model's length; nil where none was.
  private var truncationNote: String? {
    let truncated = models.reduce(0) { $0 + $1.totals.truncated }
    guard truncated > 0 else { return nil }
    let all = models.reduce(0) { $0 + $1.counts.rows }
    return "\(truncated) of \(all) rows were cut to the longest text that the model or max_length takes; 'truncated' in"
      + " the predictions says which"
  }
}
