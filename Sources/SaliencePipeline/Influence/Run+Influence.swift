import SalienceAttribution
import SalienceFoundation
import SalienceReports

extension Run {
  /// Finds the training rows behind the run's answers, and leaves the table where `publishInfluence` takes it.
  ///
  /// - Parameters:
  ///   - open: opens the training rows, or the run's own, at the first.
  ///   - models: load a checkpoint each.
  ///   - includesText: whether the table holds texts.
  /// - Throws: `PipelineError`; what a reader or a model threw.
  public func findInfluence(
    _ settings: Influence, open: @escaping @Sendable (InfluenceSet) throws -> any RecordReader,
    models: [@Sendable () async throws -> any ClassifierReader], includesText: Bool, as format: any ReportFormat
  ) async throws -> InfluenceSummary {
    let stage = InfluenceStage(
      settings: settings,
      inputs: InfluenceStage.Inputs(open: open, models: models, limit: fingerprint.limit),
      files: InfluenceFiles(layout), unitRows: fingerprint.unitRows, includesText: includesText,
      checkInterruption: { try self.checkInterruption() }, tell: { self.progress.tell($0) })
    return try await stage.execute(writing: Self.stagedInfluence(layout), as: format)
  }

  private static func stagedInfluence(_ layout: RunLayout) -> String { "\(layout.influenceState)/influence.parquet" }

  /// Puts the table that `findInfluence` made among the other outputs of the finishing step.
  ///
  /// It stays where it was too: a finishing step that is cut short is taken again.
  public static func publishInfluence(of layout: RunLayout, in staging: String) throws {
    let path = "\(staging)/influence.parquet"
    guard try DurableFile.link(stagedInfluence(layout), as: path) else {
      throw PipelineError(.io, "cannot be written", at: path)
    }
  }
}
