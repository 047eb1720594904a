import SalienceFoundation

/// Why a pipeline cannot be read, run, published or verified.
public struct PipelineError: Fault, Equatable {
  public let kind: FaultKind
  /// What is wrong, in one line, without text of the dataset's.
  public let message: String
  /// `FILE:LINE`, a path or an option.
  public let place: String?
  /// The system's own words, where a system call failed.
  public let cause: String?

  public init(_ kind: FaultKind, _ message: String, at place: String? = nil, cause: String? = nil) {
    self.kind = kind
    self.message = message
    self.place = place
    self.cause = cause
  }
}
