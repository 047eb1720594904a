import Foundation
import SalienceTestSupport

typealias ScratchDirectory = TemporaryDirectory

extension ScratchDirectory {
  /// Writes a text file and returns its path.
  @discardableResult func write(_ text: String, to name: String) throws -> String { try write(name, text) }

  /// A copy of a fixture checkpoint that a test may damage.
  func copy(checkpoint name: String) throws -> String {
    try FileManager.default.copyItem(atPath: TinyPipeline.checkpoint(name), toPath: file(name))
    return file(name)
  }
}

/// The files below a directory by relative path.
struct FileTree {
  let contents: [String: Data]

  /// Reads every file that `keep` takes.
  init(_ directory: String, where keep: (String) -> Bool = { _ in true }) throws {
    contents = try fileContents(below: directory, where: keep)
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
