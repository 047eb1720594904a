import Foundation

/// The checkout that the tests were compiled from, also where its sources are reached through a link.
public enum Repository {
  public static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Reference values that several targets read.
  public static let fixtures = root.appending(path: "Tests/Fixtures")

  /// The text of a file named relative to the root.
  public static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }
}
