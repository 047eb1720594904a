/// A message in the form that compilers use and editors follow: `path:line: error: message`.
struct Diagnostic: CustomStringConvertible, Equatable, Sendable {
  /// Whether the shader is refused.
  enum Severity: String, Sendable {
    case error, warning
  }

  let severity: Severity
  /// The file's path as it was given; nil for the command line.
  let path: String?
  /// The line, from 1; nil when the message belongs to the whole file.
  let line: Int?
  let message: String

  init(_ severity: Severity, _ message: String, path: String?, line: Int? = nil) {
    self.severity = severity
    self.message = message
    self.path = path
    self.line = line
  }

  var description: String {
    let place = [path, line.map(String.init)].compactMap { $0 }.map { "\($0):" }.joined()
    return "\(place)\(place.isEmpty ? "" : " ")\(severity.rawValue): \(message)"
  }
}

/// Why no shader was written.
struct ShaderCompilerError: Error, CustomStringConvertible, Sendable {
  /// The kind of failure.
  enum Code: Sendable {
    /// The command line is not one of the forms that `--help` lists.
    case usage
    /// A file could not be read or written.
    case file
    /// The shader is not valid GLSL, does not link, or gives invalid SPIR-V.
    case shader
  }

  let code: Code
  let diagnostics: [Diagnostic]

  /// Every message, one per line.
  var description: String { diagnostics.map(\.description).joined(separator: "\n") }

  init(_ code: Code, _ diagnostics: [Diagnostic]) {
    self.code = code
    self.diagnostics = diagnostics
  }

  init(_ code: Code, _ message: String, path: String? = nil, line: Int? = nil) {
    self.init(code, [Diagnostic(.error, message, path: path, line: line)])
  }
}
