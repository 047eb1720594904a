import Dispatch
import SalienceFoundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A signal that asks a run to stop.
public enum Interruption: String, Sendable, CaseIterable {
  case terminate = "SIGTERM"
  case interrupt = "SIGINT"
  /// Slurm's warning before the time limit: the job is to be queued again.
  case requeue = "SIGUSR1"

  /// The signal's number.
  public var signal: Int32 {
    switch self {
    case .terminate: SIGTERM
    case .interrupt: SIGINT
    case .requeue: SIGUSR1
    }
  }

  /// The error a run ends with.
  public var error: PipelineError {
    let kind: FaultKind =
      switch self {
      case .terminate: .terminated
      case .interrupt: .interrupted
      case .requeue: .retry
      }
    return PipelineError(kind, "stopped by \(rawValue)")
  }
}

extension PipelineError {
  /// Whether the run was asked to stop.
  var isInterruption: Bool { Interruption.allCases.contains { self == $0.error } }

  /// An interruption's error that says what a resumed run need not score again.
  ///
  /// - Parameter rows: scored rows on disk, over all models; nil where that cannot be told.
  func keeping(rows: Int?) -> PipelineError {
    let kept =
      switch rows {
      case nil: "the same command with --resume goes on from what is on disk"
      case 0?: "no scored row is kept; the same command with --resume begins again"
      case 1?: "1 scored row is kept; the same command with --resume goes on from there"
      case let rows?: "\(rows) scored rows are kept; the same command with --resume goes on from there"
      }
    return PipelineError(kind, "\(message): \(kept)", at: place, cause: cause)
  }
}

/// Calls a closure when one of the signals of `Interruption` arrives, for as long as it lives.
public final class InterruptionListener {
  private let sources: [any DispatchSourceSignal]

  /// What arrives before this returns ends the process at once, where `Interruption.endProcessAtOnce` was called.
  ///
  /// - Parameter handler: called on a thread of its own, once a signal.
  public init(_ handler: @escaping @Sendable (Interruption) -> Void) {
    let queue = DispatchQueue(label: "salience.signals")
    // No signal may find the action changed and nobody listening, so the source's own handler is waited for.
    let registered = DispatchGroup()
    sources = Interruption.allCases.map { interruption in
      let source = DispatchSource.makeSignalSource(signal: interruption.signal, queue: queue)
      source.setEventHandler { handler(interruption) }
      registered.enter()
      source.setRegistrationHandler { registered.leave() }
      source.resume()
      return source
    }
    registered.wait()
    #if canImport(Darwin)
      // There a source only watches, and the default action would end the process.
      for interruption in Interruption.allCases { _ = signal(interruption.signal, SIG_IGN) }
    #endif
  }

  deinit {
    for source in sources { source.cancel() }
    for interruption in Interruption.allCases { _ = signal(interruption.signal, SIG_DFL) }
  }
}

extension Interruption {
  /// Has SIGUSR1 end the process with the code that asks for another attempt, until a listener takes over.
  ///
  /// Its default action is a death that nobody repeats, and Slurm may send it as soon as there is a process.
  public static func endProcessAtOnce() {
    _ = systemSignal(SIGUSR1) { _ in
      let text: StaticString = "salience: error: stopped by SIGUSR1: the same command again\n"
      write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
      _exit(75)
    }
  }
}

// Inside the enumeration the name means its own property.
private func systemSignal(_ number: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
  _ = signal(number, handler)
}
