import SalienceJSON

extension RunDirectory {
  /// A method of the run's pipeline.
  struct Method: Sendable, Equatable {
    let id: String
    let name: String
    /// What it explains: logits or probabilities.
    let output: String

    /// Whether its scores are those that any other method must beat.
    var isRandom: Bool { name == "random" }
  }

  /// Replicates of the bootstrap unless given.
  public static let standardReplicates = 1000

  /// How faithful each method is to each model, models in the pipeline's order.
  ///
  /// The metrics are read in one pass, and memory holds one row group and the sums of each replicate.
  ///
  /// - Parameters:
  ///   - models: names of those to rank; all by default.
  ///   - replicates: of the bootstrap that intervals come from.
  ///   - seed: another number, other replicates.
  /// - Throws: `ReportError`: `malformedTable` where the run has no metrics; `missingInput` for a model that it has not.
  public func rankings(
    models: [String]? = nil, replicates: Int = standardReplicates, seed: UInt64 = 0
  ) throws -> [Ranking] {
    let names = try checkedModels(models)
    guard names.contains(where: { !parts(of: .metrics, model: $0).isEmpty }) else {
      throw ReportError(
        .malformedTable,
        "holds no metrics: the pipeline's key 'faithfulness' asks for them, as in 'faithfulness: all'", at: path)
    }
    return try names.map { model in
      var builder = RankingBuilder(PoissonBootstrap(replicates: replicates, seed: seed))
      try builder.read(self, model: model)
      return builder.ranking(of: model, methods: pipelineMethods, seconds: seconds(of: model))
    }
  }

  /// The pipeline's methods, in its order.
  private var pipelineMethods: [Method] {
    let files = ["run.json", "state/run-fingerprint.json"]
    for json in files.lazy.compactMap(json(of:)) {
      let methods = (json["pipeline"]?["methods"]?.arrayValue ?? []).compactMap { method -> Method? in
        guard let name = method["name"]?.stringValue else { return nil }
        return Method(
          id: method["id"]?.stringValue ?? name, name: name, output: method["output"]?.stringValue ?? "logit")
      }
      if !methods.isEmpty { return methods }
    }
    return []
  }

  /// What each method took under a model; nothing of a run that is not finished.
  private func seconds(of model: String) -> [String: Double] {
    let results = json(of: "run.json")?["results"]?.arrayValue ?? []
    let own = results.first { $0["model"]?.stringValue == model }
    let methods = own?["totals"]?["methods"]?.arrayValue ?? []
    return Dictionary(
      methods.compactMap { method in
        guard let id = method["id"]?.stringValue, let seconds = method["seconds"]?.doubleValue else { return nil }
        return (id, seconds)
      }, uniquingKeysWith: +)
  }
}
