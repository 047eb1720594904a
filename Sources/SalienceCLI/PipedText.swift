import Foundation
import SaliencePipeline

/// A text that is typed or piped in.
enum PipedText {
  /// Bytes that a text may have: longer ones are files that were meant for `run`.
  private static let most = 16 << 20

  /// Everything up to its end, without the last line's end.
  ///
  /// - Throws: `PipelineError`: `data` where it is no UTF-8 or too long, `io`.
  static func read() throws -> String {
    var bytes = Data()
    do {
      while let more = try FileHandle.standardInput.read(upToCount: 1 << 16), !more.isEmpty {
        bytes += more
        if bytes.count > most {
          throw PipelineError(.data, "longer than 16 MiB: a dataset is scored by 'run'", at: "standard input")
        }
      }
    } catch let error as PipelineError {
      throw error
    } catch {
      throw PipelineError(.io, "cannot be read", at: "standard input", cause: error.localizedDescription)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw PipelineError(.data, "is not UTF-8", at: "standard input")
    }
    // A Character: CR LF is one.
    return text.last?.isNewline == true ? String(text.dropLast()) : text
  }
}
