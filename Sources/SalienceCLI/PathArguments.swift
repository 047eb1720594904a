import ArgumentParser

/// Refuses empty paths, which would mean the root folder in one place and the working directory in another.
///
/// - Parameter paths: each with the option or argument that it was given as.
/// - Throws: `ValidationError`, which ends with exit code 64.
func requirePaths(_ paths: [(option: String, path: String)]) throws {
  for (option, path) in paths where path.isEmpty {
    throw ValidationError("\(option) is an empty path: name a file or a folder")
  }
}
