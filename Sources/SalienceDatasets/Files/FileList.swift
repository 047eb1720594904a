import SalienceFoundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Turns the paths and patterns of a pipeline file into the files they mean.
enum FileList {
  /// The files, each once, in the byte order of their paths.
  ///
  /// - Parameter output: what no pattern means.
  /// - Throws: `DatasetError` `missingFile` for a path or pattern without a file.
  static func resolve(_ paths: [String], leavingOut output: OutputFiles? = nil) throws -> [String] {
    guard !paths.isEmpty else { throw DatasetError(.missingFile, "the dataset names no file") }
    var files: Set<[UInt8]> = []
    for path in paths {
      // A file whose own name holds a bracket or star is meant as it stands.
      let isPattern = GlobPattern.isPattern(path) && !exists(path)
      let matches =
        isPattern ? expand(path, isFile).filter { output?.contains($0, of: path) != true } : [path]
      if matches.isEmpty { throw DatasetError(.missingFile, "no file matches this pattern", file: path) }
      for match in matches {
        guard exists(match) else { throw DatasetError(.missingFile, "no such file", file: match) }
        files.insert(Array(match.utf8))
      }
    }
    return files.sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) }
  }

  /// The paths of a pattern's form that `isWanted` takes, in no order.
  static func expand(_ pattern: String, _ isWanted: (String) -> Bool) -> [String] {
    let components = pattern.split(separator: "/").map { GlobPattern(String($0)) }
    return expand(components[...], below: pattern.hasPrefix("/") ? "/" : "", isWanted)
  }

  private static func expand(
    _ components: ArraySlice<GlobPattern>, below prefix: String, _ isWanted: (String) -> Bool
  ) -> [String] {
    guard let first = components.first else { return [] }
    let rest = components.dropFirst()
    if first.text == "**" {
      // As the last component it stands for the files of every directory below.
      var matches = expand(rest.isEmpty ? [GlobPattern("*")] : rest, below: prefix, isWanted)
      for entry in entries(of: prefix) where !entry.name.hasPrefix(".") && entry.isRealDirectory {
        matches += expand(components, below: prefix + entry.name + "/", isWanted)
      }
      return matches
    }
    if !GlobPattern.isPattern(first.text) {
      let path = prefix + first.text
      if rest.isEmpty { return isWanted(path) ? [path] : [] }
      return expand(rest, below: path + "/", isWanted)
    }
    return entries(of: prefix).filter { first.matches($0.name) }.flatMap { entry in
      let path = prefix + entry.name
      if rest.isEmpty { return isWanted(path) ? [path] : [] }
      return expand(rest, below: path + "/", isWanted)
    }
  }

  /// The directories that a pattern means, in no order.
  static func directories(_ pattern: String) -> [String] { expand(pattern) { exists($0) && !isFile($0) } }

  private struct Entry {
    let name: String
    /// Whether it is a directory and no link to one, which could lead round in a circle.
    let isRealDirectory: Bool
  }

  private static func entries(of directory: String) -> [Entry] {
    let names = (try? DurableFile.names(in: directory.isEmpty ? "." : directory)) ?? []
    return names.map { name in
      var status = stat()
      let isDirectory = lstat(directory + name, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      return Entry(name: name, isRealDirectory: isDirectory)
    }
  }

  /// Whether a path stands for a file, or a pattern for some.
  static func isThere(_ path: String) -> Bool {
    exists(path) || (GlobPattern.isPattern(path) && !expand(path, isFile).isEmpty)
  }

  static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0
  }

  private static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
  }
}
