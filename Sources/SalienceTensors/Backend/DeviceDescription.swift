/// What runs and how exact it is.
public struct DeviceDescription: Sendable, Equatable {
  /// `cpu`, `vulkan:0`, `reference`.
  public let name: String
  /// For people: the processor's or card's own name and the library used.
  public let details: String
  /// Submissions that keep the device busy.
  public let concurrency: Int
  /// Tokens times points of the path that a submission should hold: several full batches, so that a partly filled last
  /// one hardly counts, and few enough that all workers finish a unit together.
  public let evaluatedTokens: Int
  /// What matrix products are computed in.
  public let precision: Precision
  /// What the device can compute them in; f32 always.
  public let precisions: [Precision]
  /// Normalised mean squared error that ops stay under, against float64.
  public let tolerance: Double

  /// - Parameter tolerance: the precision's own unless given.
  public init(
    name: String, details: String, concurrency: Int, evaluatedTokens: Int = 8192, precision: Precision = .f32,
    precisions: [Precision] = [.f32], tolerance: Double? = nil
  ) {
    self.name = name
    self.details = details
    self.concurrency = concurrency
    self.evaluatedTokens = evaluatedTokens
    self.precision = precision
    self.precisions = precisions
    self.tolerance = tolerance ?? precision.tolerance
  }

  /// What to tell a user who asked for a precision that is not in use; nil where it is.
  public func substitution(for asked: Precision) -> String? {
    if asked == precision { return nil }
    let known = precisions.map(\.rawValue).joined(separator: " and ")
    return "\(asked.rawValue) is not available on \(name) (\(details)), which has \(known): "
      + "\(precision.rawValue) is used"
  }
}
