import Foundation

/// A directory of one test, removed with the object.
public final class TemporaryDirectory: Sendable {
  public let path: String

  public var url: URL { URL(fileURLWithPath: path) }

  public init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("salience-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file or folder in it, whether it is there or not.
  public func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file, making the directories above it, and gives its path.
  @discardableResult public func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file.path
  }

  @discardableResult public func write(_ name: String, _ text: String) throws -> String {
    try write(name, Array(text.utf8))
  }

  /// Contents of every file below a folder by its relative path.
  public func contents(of folder: String) throws -> [String: Data] { try fileContents(below: folder) }

  /// Whether a path is there and is a directory.
  public func isDirectory(_ path: String) -> Bool { folderStands(at: path) }
}

/// Contents of the files below a directory by their relative paths.
public func fileContents(
  below directory: String, where keep: (String) -> Bool = { _ in true }
) throws -> [String: Data] {
  var contents: [String: Data] = [:]
  for name in try FileManager.default.subpathsOfDirectory(atPath: directory) where keep(name) {
    let whole = "\(directory)/\(name)"
    if !folderStands(at: whole) { contents[name] = try Data(contentsOf: URL(fileURLWithPath: whole)) }
  }
  return contents
}

private func folderStands(at path: String) -> Bool {
  var result: ObjCBool = false
  return FileManager.default.fileExists(atPath: path, isDirectory: &result) && result.boolValue
}
