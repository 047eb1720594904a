import Foundation
import Testing

/// Scripts beside the tests that recompute with other tools what Salience wrote.
enum PythonReference {
  /// Runs a script, which fails by its exit status and says why.
  static func run(_ script: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(
      fileURLWithPath: try #require(ProcessInfo.processInfo.environment["SALIENCE_PYTHON"]))
    process.arguments = [URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/" + script] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(said)")
  }
}
