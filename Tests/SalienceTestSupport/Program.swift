import Foundation
import Testing

/// A program that has run to its end.
public struct Program: Sendable {
  public let status: Int32
  public let output: Data
  public let errors: String

  /// Runs a program with an empty standard input.
  ///
  /// Its output goes to files, so that no amount of it can block the process.
  ///
  /// - Throws: What keeps it from being started; `SpawnedProcess.Failure` where it still runs after ten minutes.
  public init(_ program: String, _ arguments: [String]) throws {
    let directory = try TemporaryDirectory()
    defer { withExtendedLifetime(directory) {} }
    let output = try directory.write("output", "")
    let errors = try directory.write("errors", "")
    let process = try SpawnedProcess(
      program, arguments, environment: ProcessInfo.processInfo.environment,
      directory: FileManager.default.currentDirectoryPath,
      streams: .init(output: .file(output), errors: .file(errors)))
    let deadline = ContinuousClock.now + .seconds(600)
    var ending = try process.ending()
    while ending == nil {
      if ContinuousClock.now > deadline {
        process.send()
        throw SpawnedProcess.Failure(description: "\(program) \(arguments): still running after ten minutes")
      }
      usleep(2000)
      ending = try process.ending()
    }
    status = try #require(ending).status
    self.output = try Data(contentsOf: URL(fileURLWithPath: output))
    self.errors = try String(contentsOfFile: errors, encoding: .utf8)
  }

  /// Runs a script, named relative to the root, with the Python that SALIENCE_PYTHON names.
  public static func python(_ script: String, _ arguments: [String]) throws -> Program {
    let python = try #require(
      ProcessInfo.processInfo.environment["SALIENCE_PYTHON"], "SALIENCE_PYTHON names the Python of `make test`")
    return try Program(python, [Repository.root.appending(path: script).path] + arguments)
  }

  /// Runs such a script and expects that it exits with 0; it says why where it does not.
  public static func expectPython(_ script: String, _ arguments: [String]) throws {
    let program = try python(script, arguments)
    #expect(program.status == 0, "\(String(decoding: program.output, as: UTF8.self))\(program.errors)")
  }
}
