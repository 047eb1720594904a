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
    writeError("\(error)")
    throw ExitCode(exitCode(of: error))
  }
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
