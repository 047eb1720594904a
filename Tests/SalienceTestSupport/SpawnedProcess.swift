import Foundation

/// A child process, started with posix_spawn(3) and reaped with waitpid(2).
///
/// Foundation's `Process` learns of the end through a run loop of its own, and can miss the end of a process that exits
/// at once; here the system is asked, so nothing can be missed.
public final class SpawnedProcess {
  /// Where a stream of the child leads.
  public enum Target {
    case file(String)
    case descriptor(Int32)
  }

  /// Standard input is always empty.
  public struct Streams {
    public var output: Target
    public var errors: Target

    public init(output: Target, errors: Target) {
      self.output = output
      self.errors = errors
    }
  }

  public struct Failure: Error, CustomStringConvertible {
    public let description: String

    public init(description: String) { self.description = description }
  }

  private let identifier: pid_t
  private var reaped: (status: Int32, wasKilled: Bool)?

  /// Starts `program` with the default action for SIGPIPE and no signal blocked, whatever the test runner has set.
  public init(
    _ program: String, _ arguments: [String], environment: [String: String], directory: String, streams: Streams
  ) throws {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    for (descriptor, target) in [(STDOUT_FILENO, streams.output), (STDERR_FILENO, streams.errors)] {
      switch target {
      case .file(let path): posix_spawn_file_actions_addopen(&actions, descriptor, path, O_WRONLY, 0)
      case .descriptor(let open): posix_spawn_file_actions_adddup2(&actions, open, descriptor)
      }
    }
    var (none, pipe) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &pipe)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))

    // Swift imports no posix_spawn_file_actions_addchdir_np, so a shell changes the directory and becomes the program.
    let command = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", directory, program] + arguments
    var words = command.map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for string in words + variables { free(string) } }
    var identifier: pid_t = 0
    let code = posix_spawn(&identifier, "/bin/sh", &actions, &attributes, &words, &variables)
    guard code == 0 else { throw Failure(description: "\(program): \(String(cString: strerror(code)))") }
    self.identifier = identifier
  }

  /// How the process ended, its exit code or the signal that killed it; nil while it runs.
  public func ending() throws -> (status: Int32, wasKilled: Bool)? {
    if let reaped { return reaped }
    var status: Int32 = 0
    let result = waitpid(identifier, &status, WNOHANG)
    guard result != 0 else { return nil }
    guard result == identifier else {
      throw Failure(description: "process \(identifier): \(String(cString: strerror(errno)))")
    }
    // The low seven bits hold the signal, the next byte the exit code; Swift imports no macros such as WIFEXITED.
    let signal = status & 0x7F
    reaped = signal == 0 ? (status >> 8 & 0xFF, false) : (signal, true)
    return reaped
  }

  /// Sends a signal.
  public func send(_ signal: Int32 = SIGKILL) {
    if reaped == nil { _ = Foundation.kill(identifier, signal) }
  }

  /// Whether the process reads a file of that name at the moment, which Linux alone tells.
  public func hasOpen(_ path: String) -> Bool {
    let folder = "/proc/\(identifier)/fd"
    return (try? FileManager.default.contentsOfDirectory(atPath: folder))?.contains {
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")) == path
    } ?? false
  }

  /// The program's name, by which the shell that becomes the program can be told from it.
  public var name: String? { try? String(contentsOfFile: "/proc/\(identifier)/comm", encoding: .utf8) }
}
