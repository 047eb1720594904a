import Foundation

/// A shader's text with its included files put in place, which still knows where each line came from.
///
/// The include callbacks of glslang's C interface are newer than the library that Debian 12 has, so `#include` is
/// done here: an included text stands between `#line LINE FILE` directives, and a number in a message of glslang is
/// an index into `files`.
struct ExpandedSource {
  /// What glslang compiles.
  private(set) var text = ""
  /// Paths by their number in the directives; the shader itself is number 0.
  private(set) var files: [String] = []

  private let folders: [String]

  /// Reads a shader and, recursively, what it includes.
  ///
  /// A quoted name is sought beside the including file and then in `folders`, a name in angle brackets in `folders`
  /// alone. Throws where a file cannot be read, is not found, or includes itself.
  init(path: String, folders: [String]) throws {
    self.folders = folders
    try append(path, bytes: Self.read(path), above: [])
  }

  private mutating func append(_ path: String, bytes: Data, above: [String]) throws {
    let number = files.firstIndex(of: path) ?? files.count
    if number == files.count { files.append(path) }
    var insideComment = false
    for (index, bytes) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
      var line = String(decoding: bytes, as: UTF8.self)
      if line.unicodeScalars.last == "\r" { line.unicodeScalars.removeLast() }
      guard let include = try Self.include(in: line, insideComment: &insideComment, path: path, line: index + 1)
      else {
        text += line + "\n"
        continue
      }
      let (found, content) = try find(include, from: path, line: index + 1)
      guard found != path, !above.contains(found) else {
        throw ShaderCompilerError(.shader, "'\(include.name)' includes itself", path: path, line: index + 1)
      }
      text += "#line 1 \(files.firstIndex(of: found) ?? files.count)\n"
      try append(found, bytes: content, above: above + [path])
      text += "#line \(index + 2) \(number)\n"
    }
  }

  // MARK: Files

  private static func read(_ path: String) throws -> Data {
    do {
      return try Data(contentsOf: URL(filePath: path))
    } catch {
      throw ShaderCompilerError(.file, "the file cannot be read", path: path)
    }
  }

  private func find(_ include: Include, from path: String, line: Int) throws -> (path: String, content: Data) {
    let beside = URL(filePath: path).deletingLastPathComponent().relativePath
    for folder in (include.isQuoted ? [beside] : []) + folders {
      let candidate = URL(filePath: folder).appending(path: include.name).standardized.path
      if let content = try? Data(contentsOf: URL(filePath: candidate)) { return (candidate, content) }
    }
    throw ShaderCompilerError(.shader, "included file '\(include.name)' is not found", path: path, line: line)
  }

  // MARK: Lines

  /// The name in an `#include` directive.
  private struct Include {
    let name: String
    /// Whether it stands in quotation marks and not in angle brackets.
    let isQuoted: Bool
  }

  private static func include(
    in text: String, insideComment: inout Bool, path: String, line: Int
  ) throws -> Include? {
    let code = withoutComments(text, insideComment: &insideComment)
    guard let directive = code.firstMatch(of: #/^\s*#\s*include\b\s*(.*?)\s*$/#)?.1 else { return nil }
    if let name = directive.wholeMatch(of: #/"([^"]+)"/#)?.1 { return Include(name: String(name), isQuoted: true) }
    if let name = directive.wholeMatch(of: #/<([^>]+)>/#)?.1 { return Include(name: String(name), isQuoted: false) }
    throw ShaderCompilerError(.shader, "#include needs \"file\" or <file>", path: path, line: line)
  }

  /// A line without its comments; `insideComment` says whether a `/*` is open, before and after it.
  private static func withoutComments(_ line: String, insideComment: inout Bool) -> String {
    var code = ""
    var rest = line[...]
    while !rest.isEmpty {
      if insideComment {
        guard let end = rest.firstRange(of: "*/") else { return code }
        insideComment = false
        rest = rest[end.upperBound...]
      } else if rest.hasPrefix("//") {
        return code
      } else if rest.hasPrefix("/*") {
        insideComment = true
        rest = rest.dropFirst(2)
      } else {
        code.append(rest.removeFirst())
      }
    }
    return code
  }
}
