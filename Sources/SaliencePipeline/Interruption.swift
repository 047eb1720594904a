import Dispatch

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
    let code: PipelineError.Code =
      switch self {
      case .terminate: .terminated
      case .interrupt: .interrupted
      case .requeue: .retry
      }
    return PipelineError(code, "stopped by \(rawValue); what is finished is published, --resume goes on from there")
  }
}

/// Calls a closure when one of the signals of `Interruption` arrives, for as long as it lives.
public final class InterruptionListener {
  private let sources: [any DispatchSourceSignal]

  /// - Parameter handler: called on a thread of its own, once a signal.
  public init(_ handler: @escaping @Sendable (Interruption) -> Void) {
    let queue = DispatchQueue(label: "salience.signals")
    sources = Interruption.allCases.map { interruption in
      // The default action would end the process before the source is asked.
      _ = signal(interruption.signal, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: interruption.signal, queue: queue)
      source.setEventHandler { handler(interruption) }
      source.resume()
      return source
    }
  }

  deinit {
    for source in sources { source.cancel() }
    for interruption in Interruption.allCases { _ = signal(interruption.signal, SIG_DFL) }
  }
}
