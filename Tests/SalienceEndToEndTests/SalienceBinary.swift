import Foundation
import SalienceTestSupport
import Testing

/// The tests of the binary, one after the other: each run takes every core.
@Suite(.serialized) struct EndToEndTests {}

/// The `salience` binary, run as a user runs it.
enum SalienceBinary {
  /// The package root, also where the sources are reached through a link.
  static let packageRoot = Repository.root.path

  /// `SALIENCE_BINARY`, or the release build of this package.
  static var path: String {
    ProcessInfo.processInfo.environment["SALIENCE_BINARY"] ?? "\(packageRoot)/.build/release/salience"
  }

  /// What a process came to.
  struct Result {
    let status: Int32
    let wasKilled: Bool
    let output: String
    let errors: String

    /// Lines of standard error, progress included.
    var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Runs `salience` in the package root until it exits; `killWhen` is asked every 2 ms whether to send the signal,
  /// SIGKILL unless told otherwise; so is whether the process has `killWhenOpen` open.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], in scratch: ScratchDirectory,
    standardOutput: FileHandle? = nil, signal: Int32 = SIGKILL, killWhenOpen: String? = nil,
    killWhen: (() -> Bool)? = nil
  ) throws -> Result {
    try run(
      program: path, arguments, environment: environment, in: scratch, standardOutput: standardOutput,
      signal: signal, killWhenOpen: killWhenOpen, killWhen: killWhen)
  }

  /// Runs any program; its output goes to files, so that no amount of it can block the process.
  static func run(
    program: String, _ arguments: [String], environment: [String: String] = [:], in scratch: ScratchDirectory,
    standardOutput: FileHandle? = nil, signal: Int32 = SIGKILL, killWhenOpen: String? = nil,
    killWhen: (() -> Bool)? = nil
  ) throws -> Result {
    guard FileManager.default.isExecutableFile(atPath: program) else {
      throw Failure(description: "\(program): no such program; build it first or set SALIENCE_BINARY")
    }
    let name = UUID().uuidString
    let outputPath = try scratch.write("", to: "\(name).out")
    let errorPath = try scratch.write("", to: "\(name).err")
    var streams = SpawnedProcess.Streams(output: .file(outputPath), errors: .file(errorPath))
    if let standardOutput { streams.output = .descriptor(standardOutput.fileDescriptor) }
    let process = try SpawnedProcess(
      program, arguments, environment: ProcessInfo.processInfo.environment.merging(environment) { $1 },
      directory: packageRoot, streams: streams)
    let deadline = ContinuousClock.now + .seconds(120)
    var ending = try process.ending()
    var isSignalled = false
    while ending == nil {
      let isLate = ContinuousClock.now > deadline
      if isLate { process.send() }
      // A shell becomes the program, and a signal that reaches the shell tells nothing.
      let isDue = killWhen?() == true || killWhenOpen.map(process.hasOpen) == true
      if !isSignalled, isDue, process.name != "sh\n" {
        process.send(signal)
        isSignalled = true
      }
      usleep(2000)
      ending = try process.ending()
      if isLate { throw Failure(description: "\(arguments): still running after two minutes") }
    }
    let (status, wasKilled) = try #require(ending)
    return Result(
      status: status, wasKilled: wasKilled, output: try String(contentsOfFile: outputPath, encoding: .utf8),
      errors: try String(contentsOfFile: errorPath, encoding: .utf8))
  }
}
