#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where a run writes, so that its own tables are not taken for texts by a pattern that covers them.
public struct OutputFiles: Sendable {
  /// The run directory.
  private let directory: String
  /// What the run makes in it.
  private let names: Set<String>

  /// - Parameters:
  ///   - directory: of the run; it need not exist.
  ///   - names: of the files and directories that a run makes there.
  public init(directory: String, names: [String]) {
    self.directory = Self.canonical(directory)
    self.names = Set(names)
  }

  /// Whether a file is the run's: any in its directory, or where the pattern itself leads there what a run makes.
  func contains(_ file: String, of pattern: String) -> Bool {
    let inside = directory.hasSuffix("/") ? directory : directory + "/"
    let path = Self.canonical(file)
    guard path.hasPrefix(inside) else { return false }
    let base = pattern.split(separator: "/").prefix { !GlobPattern.isPattern(String($0)) }.joined(separator: "/")
    let start = Self.canonical(pattern.hasPrefix("/") ? "/" + base : base.isEmpty ? "." : base)
    guard start == directory || start.hasPrefix(inside) else { return true }
    return path.dropFirst(inside.count).split(separator: "/").first.map { names.contains(String($0)) } ?? false
  }

  /// The absolute path with links followed, as far as it exists.
  private static func canonical(_ path: String) -> String {
    if let resolved = realpath(path, nil) {
      defer { free(resolved) }
      return String(cString: resolved)
    }
    var components = path.split(separator: "/", omittingEmptySubsequences: true)
    guard let last = components.popLast() else { return path.hasPrefix("/") ? "/" : canonical(".") }
    let parent = components.joined(separator: "/")
    let above = canonical(path.hasPrefix("/") ? "/" + parent : parent.isEmpty ? "." : parent)
    return above == "/" ? "/\(last)" : "\(above)/\(last)"
  }
}
