/// An error of any part of the product: what kind it is, where it lies, what is wrong, and what lay below it.
///
/// Every target has an error type of its own, with codes that its callers tell apart; this is what all of them have in
/// common. Whoever prints an error prints its description, and chooses an exit status by its kind alone.
public protocol Fault: Error, CustomStringConvertible {
  var kind: FaultKind { get }
  /// `FILE:LINE`, a path, a tensor, an option; nil where the message says it or there is none.
  var place: String? { get }
  /// What is wrong, in one line, without text of the user's.
  var message: String { get }
  /// The words of whoever failed below, the system for one.
  var cause: String? { get }
}

extension Fault {
  public var place: String? { nil }
  public var cause: String? { nil }

  /// `PLACE: MESSAGE (CAUSE)`, in one line.
  public var description: String {
    (place.map { "\($0): " } ?? "") + message + (cause.map { " (\($0))" } ?? "")
  }
}

/// What went wrong, as far as the user's next step depends on it.
public enum FaultKind: String, Sendable, CaseIterable {
  /// A bad option, key or value in the pipeline file.
  case usage
  /// Data that cannot be used, a run that does not verify, or too many quarantined rows.
  case data
  /// An input that is not there.
  case missing
  /// A device that is not there, or that cannot be used.
  case unavailable
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
}
