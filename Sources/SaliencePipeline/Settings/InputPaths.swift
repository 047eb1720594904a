import SalienceCheckpoints
import SalienceDatasets

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Turns the paths of a pipeline file into paths of the system.
///
/// A relative input is looked for beside the pipeline file, then in the working directory; one that was typed as an
/// option is the working directory's.
struct InputPaths {
  /// The pipeline file's directory; empty for the working directory, nil where nothing is looked for.
  private let directory: String?

  /// Looks for nothing.
  init() { directory = nil }

  init(besideFile path: String) {
    directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ""
  }

  /// A dataset's file or pattern.
  ///
  /// - Throws: `PipelineError`: `usage` for a path with a variable in it, `missing` with the paths that were tried.
  func dataset(_ node: PipelineNode, key: String) throws -> String {
    try find(node, key: key, isThere: DatasetSource.isThere) { tried in
      PipelineError(.missing, "no such dataset: tried \(tried)", at: node.origin.description)
    }
  }

  /// A model's directory, or the name of one in the Hugging Face cache.
  ///
  /// - Throws: `PipelineError`: `usage` for a path with a variable in it, `missing` with the paths that were tried.
  func model(_ node: PipelineNode, key: String) throws -> String {
    let name = try Self.expand(node, key: key)
    let isCached: Bool
    do {
      _ = try HubCache().snapshot(of: name)
      isCached = true
    } catch let error as CheckpointError {
      // What is wrong with a name, or with a snapshot that is there, is told when the model is opened.
      isCached = error.code != .missing && !name.contains("/")
    }
    return try find(node, key: key, isThere: Self.exists) { tried in
      if isCached || name.split(separator: "/").contains("..") { return nil }
      let cache = HubCache().directory.map { " and the Hugging Face cache \($0)" } ?? ""
      return PipelineError(.missing, "no such model: tried \(tried)\(cache)", at: node.origin.description)
    }
  }

  /// - Parameter missing: the error where nothing is there; nil to leave the path as it was written.
  private func find(
    _ node: PipelineNode, key: String, isThere: (String) -> Bool, missing: (_ tried: String) -> PipelineError?
  ) throws -> String {
    let path = try Self.expand(node, key: key)
    guard let directory, !path.hasPrefix("/"), case .file = node.origin else { return path }
    let beside = directory.isEmpty ? path : directory.hasSuffix("/") ? directory + path : "\(directory)/\(path)"
    if let found = [beside, path].first(where: isThere) { return found }
    if let error = missing(beside == path ? path : "\(beside), \(path)") { throw error }
    return path
  }

  /// The path with the home directory in place of `~`.
  ///
  /// - Throws: `PipelineError.usage` for a path with a variable in it.
  static func expand(_ node: PipelineNode, key: String) throws -> String {
    let path = try MappingDecoder.string(node, path: key)
    func fault(_ message: String) -> PipelineError {
      PipelineError(.usage, "'\(key)' \(message)", at: node.origin.description)
    }
    if let dollar = path.firstIndex(of: "$"), let next = path[path.index(after: dollar)...].first,
      next == "{" || next == "_" || next.isLetter, !exists(path)
    {
      throw fault(
        "has a variable in it, which pipeline files do not expand: write the path out, or give it on the command line,"
          + " where the shell expands it")
    }
    guard path.hasPrefix("~") else { return path }
    let user = path.dropFirst().prefix { $0 != "/" }
    let home =
      user.isEmpty
      ? getenv("HOME").map { String(cString: $0) } ?? getpwuid(getuid()).map { String(cString: $0.pointee.pw_dir) }
      : getpwnam(String(user)).map { String(cString: $0.pointee.pw_dir) }
    guard let home, !home.isEmpty else { throw fault("begins with ~\(user), whose home directory is not known") }
    return home + path.dropFirst(1 + user.count)
  }

  private static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0
  }
}
