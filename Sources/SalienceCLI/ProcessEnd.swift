import ArgumentParser
import Foundation
import SalienceVulkan

/// Ends the process with everything printed, and without the exit handlers of its libraries.
///
/// exit(3) runs the destructors of every library while other threads still use them: those of a GPU's driver, and those
/// that an interruption left in the middle of a batch. A device that is closed meanwhile even takes its driver out of
/// memory, whose handlers exit(3) may be about to call. What must be on disk is there by now: no handler writes any of
/// it.
func endProcess(_ code: ExitCode) -> Never {
  PipelineCacheFile.endStores()
  fflush(nil)
  _exit(code.rawValue)
}
