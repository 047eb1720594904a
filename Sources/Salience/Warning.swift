import Foundation
import SalienceReports

/// Writes a warning to standard error, on one line whatever the names in it.
@Sendable public func warnOnStandardError(_ message: String) {
  FileHandle.standardError.write(Data("salience: warning: \(TerminalText.visible(message))\n".utf8))
}
