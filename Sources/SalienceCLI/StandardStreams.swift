import Foundation
import SalienceJSON
import SalienceReports

// All that the commands print passes here. Names of files, keys, classes and devices come from outside: what could steer
// the terminal in them is written out. Only the two functions whose names say `styled` take a text as it is.

/// Writes an error as one line.
func writeError(_ message: String) { writeMessage("salience: error: \(message)") }

/// Writes a line on standard error; a log that cannot be written is no reason to fail.
func writeMessage(_ line: String) { writeStyledMessage(TerminalText.visible(line) + "\n") }

/// Writes a text of ours on standard error, line by line.
func writeMessage(linesOf text: String) { for line in lines(of: text) { writeMessage(line) } }

/// Writes on standard error a text whose parts from outside are written out already.
@Sendable func writeStyledMessage(_ text: String) {
  try? FileOutput(descriptor: STDERR_FILENO, name: "standard error").write(Array(text.utf8))
}

/// Writes a line of a command's result.
///
/// - Throws: `FileFault`, as do the others.
func writeResult(_ line: String) throws { try writeStyledResult(TerminalText.visible(line) + "\n") }

/// Writes a text of ours as a command's result, line by line.
func writeResult(linesOf text: String) throws { for line in lines(of: text) { try writeResult(line) } }

/// Writes a command's result as JSON.
func writeResult(_ json: JSONValue, pretty: Bool = true) throws {
  try writeStyledResult(TerminalText.visibleJSON(json.text(pretty: pretty)) + "\n")
}

/// Writes a result whose parts from outside are written out already.
func writeStyledResult(_ text: String) throws {
  try FileOutput(descriptor: STDOUT_FILENO, name: "standard output").write(Array(text.utf8))
}

/// Standard output for a table: as it is in a file or a pipe; on a terminal what could steer it is written out.
func standardOutputForTable() -> FileOutput {
  FileOutput(descriptor: STDOUT_FILENO, name: "standard output", isTerminal: Terminal.standardOutputIsTerminal)
}

private func lines(of text: String) -> [String] {
  let text = text.hasSuffix("\n") ? text.dropLast() : text[...]
  return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
}
