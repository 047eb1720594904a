/// Why a pipeline cannot be read, run, published or verified.
public struct PipelineError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What went wrong, as far as the caller's next step depends on it; each has a code of sysexits(3).
  public enum Code: String, Sendable, CaseIterable {
    /// A bad option, key or value in the pipeline file.
    case usage
    /// Data that cannot be used, a run that does not verify, or too many quarantined rows.
    case data
    /// An input that is not there.
    case missing
    /// A state that should be impossible: a fault of the program's.
    case software
    /// A run that exists already, or that differs from the one to be resumed.
    case refused
    /// A file that cannot be read or written.
    case io
    /// Stopped by SIGUSR1, or by a fault that another attempt may not meet.
    case retry
    /// Stopped by SIGINT.
    case interrupted
    /// Stopped by SIGTERM.
    case terminated

    /// The status to exit with.
    public var exitCode: Int32 {
      switch self {
      case .usage: 64
      case .data: 65
      case .missing: 66
      case .software: 70
      case .refused: 73
      case .io: 74
      case .retry: 75
      case .interrupted: 130
      case .terminated: 143
      }
    }
  }

  public let code: Code
  /// What is wrong, in one line, without text of the dataset's.
  public let message: String
  /// `FILE:LINE`, a path or an option.
  public let location: String?
  /// The system's own words, where a system call failed.
  public let cause: String?

  public init(_ code: Code, _ message: String, at location: String? = nil, cause: String? = nil) {
    self.code = code
    self.message = message
    self.location = location
    self.cause = cause
  }

  /// The status to exit with.
  public var exitCode: Int32 { code.exitCode }

  public var description: String {
    (location.map { "\($0): " } ?? "") + message + (cause.map { " (\($0))" } ?? "")
  }
}
