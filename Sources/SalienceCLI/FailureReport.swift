import ArgumentParser
import SalienceFoundation

/// Runs a command's body; an error becomes one line on standard error and the exit status of its kind.
func reportingFailures(_ body: () async throws -> Void) async throws {
  do {
    try await body()
  } catch let code as ExitCode {
    throw code
  } catch {
    writeError("\(error)")
    // What adopts no `Fault` was not meant to come this far.
    throw ExitCode(((error as? any Fault)?.kind ?? .software).exitStatus)
  }
}

extension FaultKind {
  /// The status to exit with: of sysexits(3), and of a shell for signals.
  var exitStatus: Int32 {
    switch self {
    case .usage: 64
    case .data: 65
    case .missing: 66
    case .unavailable: 69
    case .software: 70
    case .refused: 73
    case .io: 74
    case .retry: 75
    case .interrupted: 130
    case .terminated: 143
    }
  }
}
