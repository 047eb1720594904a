extension RunSummary.Model {
  /// Explanations that did not keep the tolerance that was asked for.
  public var unconverged: Int { totals.methods.reduce(0) { $0 + $1.unconverged } }
}

extension RunSummary {
  /// What a user should know of explanations that did not keep their tolerance; nil where all did.
  public var convergenceWarning: String? {
    let unconverged = models.reduce(0) { $0 + $1.unconverged }
    guard unconverged > 0 else { return nil }
    let all = models.reduce(0) { $0 + $1.totals.methods.reduce(0) { $0 + $1.explanations } }
    return "\(unconverged) of \(all) explanations did not keep their tolerance, for max_steps or for rounding;"
      + " convergence_delta says by how much"
  }
}
