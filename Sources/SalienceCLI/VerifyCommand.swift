import ArgumentParser
import SaliencePipeline

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check that every unit of a run is there, once, with the right checksum.",
    discussion: "Example: salience verify out/demo")

  @Argument(help: "The run directory.") var runDirectory: String
  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "Say nothing but the error, if there is one.") var quiet = false

  func validate() throws { try requirePaths([("RUN_DIR", runDirectory)]) }

  func run() async throws {
    try await reportingFailures {
      let found = try RunVerification(of: runDirectory)
      if json {
        try writeResult(found.json)
      } else if !quiet {
        for fault in found.faults { try writeResult("\(fault)") }
        if found.faults.isEmpty {
          let units = found.models.reduce(0) { $0 + $1.units }
          try writeResult(
            "\(found.path): sound; \(found.rows ?? 0) rows under \(found.models.count) model(s), \(units) units,"
              + " \(found.parts) parts")
        }
      }
      if let error = found.error { throw error }
    }
  }
}
