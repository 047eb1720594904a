import Foundation
import SalienceTestSupport

extension Repository {
  /// Paths of the files below a folder, relative to the root, in byte order.
  static func files(below folder: String, suffixes: [String]) throws -> [String] {
    let start = root.appending(path: folder)
    guard let names = FileManager.default.enumerator(atPath: start.path) else {
      throw CocoaError(.fileReadNoSuchFile, userInfo: [NSFilePathErrorKey: start.path])
    }
    return names.compactMap { $0 as? String }
      .filter { name in suffixes.contains { name.hasSuffix($0) } }
      .map { "\(folder)/\($0)" }
      .sorted()
  }

  /// What `swift package dump-package` prints.
  ///
  /// It runs with a scratch path of its own: with the default one it waits for the lock that `swift test` holds.
  static func packageDump() throws -> Data {
    let scratch = try TemporaryDirectory()
    let arguments = ["swift", "package", "--package-path", root.path, "--scratch-path", scratch.path, "dump-package"]
    let process = try Program("/usr/bin/env", arguments)
    guard process.status == 0 else {
      throw CocoaError(.executableLoad, userInfo: [NSDebugDescriptionErrorKey: process.errors])
    }
    return process.output
  }
}
