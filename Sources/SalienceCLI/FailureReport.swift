import ArgumentParser
import Foundation
import Salience
import SalienceAttribution
import SalienceCheckpoints
import SalienceDatasets
import SalienceModels
import SalienceParquet
import SaliencePipeline
import SalienceReports
import SalienceTensors
import SalienceTokenizers
import SalienceVulkan

/// Runs a command's body; an error becomes one line on standard error and the exit code of its kind.
func reportingFailures(_ body: () async throws -> Void) async throws {
  do {
    try await body()
  } catch let code as ExitCode {
    throw code
  } catch {
    writeToStandardError("salience: error: \(oneLine("\(error)"))\n")
    throw ExitCode(exitCode(of: error))
  }
}

/// A message that neither breaks its line nor steers the terminal: names of files, keys and classes come from outside.
private func oneLine(_ message: String) -> String {
  String(
    String.UnicodeScalarView(
      message.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
}

/// Writes a message; a log that cannot be written is no reason to fail.
func writeToStandardError(_ text: String) {
  try? FileOutput(descriptor: STDERR_FILENO, name: "standard error").write(Array(text.utf8))
}

/// Writes a command's result.
///
/// - Throws: `ReportError.inputOutput`.
func writeResult(_ text: String) throws {
  try FileOutput(descriptor: STDOUT_FILENO, name: "standard output").write(Array((text + "\n").utf8))
}

/// The code of sysexits(3) for an error of any part of the product.
private func exitCode(of error: any Error) -> Int32 {
  switch error {
  case let error as PipelineError: error.exitCode
  case is DeviceError: 69
  // A device that keeps being lost may be there again for the next attempt; so may memory.
  case let error as VulkanError: error.code == .deviceLost || error.isShortOfMemory ? 75 : 69
  case let error as CheckpointError:
    switch error.code {
    case .missing: 66
    case .usage: 64
    default: 65
    }
  case let error as DatasetError:
    switch error.code {
    case .missingFile: 66
    case .io: 74
    default: 65
    }
  case is ModelError, is TokenizerError: 65
  case let error as AttributionError: error.code == .usage ? 64 : 65
  case let error as TensorError: error.code == .parameter ? 65 : 70
  case let error as ReportError:
    switch error.code {
    case .missingInput: 66
    case .inputOutput: 74
    case .usage: 64
    default: 65
    }
  case let error as ParquetError: error.code == .cannotWrite ? 74 : 65
  default: 70
  }
}
