import Foundation

/// A directory of one test, removed with it.
final class ScratchDirectory: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/salience-end-to-end-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a text file and returns its path.
  @discardableResult func write(_ text: String, to name: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    return "\(path)/\(name)"
  }

  /// A copy of a fixture checkpoint that a test may damage.
  func copy(checkpoint name: String) throws -> String {
    let copied = "\(path)/\(name)"
    try FileManager.default.copyItem(atPath: TinyPipeline.checkpoint(name), toPath: copied)
    return copied
  }
}

/// The files below a directory by relative path.
struct FileTree {
  let contents: [String: Data]

  /// Reads every file that `keep` takes.
  init(_ directory: String, where keep: (String) -> Bool = { _ in true }) throws {
    var contents: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: directory) where keep(path) {
      var isDirectory: ObjCBool = false
      let whole = "\(directory)/\(path)"
      guard FileManager.default.fileExists(atPath: whole, isDirectory: &isDirectory), !isDirectory.boolValue else {
        continue
      }
      contents[path] = try Data(contentsOf: URL(fileURLWithPath: whole))
    }
    self.contents = contents
  }

  /// The published tables: parts and tokens.csv.
  static func tables(of run: String) throws -> FileTree {
    try FileTree(run) { $0.hasSuffix(".parquet") || $0 == "tokens.csv" }
  }

  var paths: [String] { contents.keys.sorted() }

  /// Files that only one tree has or whose bytes differ.
  func differences(from other: FileTree) -> [String] {
    Set(contents.keys).union(other.contents.keys).filter { contents[$0] != other.contents[$0] }.sorted()
  }
}
