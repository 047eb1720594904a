/// Patterns of directories' names, as a pipeline file may have them for its models.
public enum DirectoryPattern {
  /// Whether a path has a shell pattern's characters and leads to nothing as it stands.
  public static func isPattern(_ path: String) -> Bool { GlobPattern.isPattern(path) && !FileList.exists(path) }

  /// The directories that a pattern means: names that end in a number by that, all others by their bytes.
  public static func directories(matching pattern: String) -> [String] {
    FileList.directories(pattern).sorted { precedes($0, $1) }
  }

  /// `a-60` before `a-216`, `a` before `a-60`, `b-1` after both.
  private static func precedes(_ first: String, _ second: String) -> Bool {
    let (one, other) = (split(first), split(second))
    if one.stem != other.stem { return one.stem.utf8.lexicographicallyPrecedes(other.stem.utf8) }
    // Without leading zeros the longer number is the larger.
    if one.number.count != other.number.count { return one.number.count < other.number.count }
    if one.number != other.number { return one.number.utf8.lexicographicallyPrecedes(other.number.utf8) }
    return first.utf8.lexicographicallyPrecedes(second.utf8)
  }

  private static func split(_ path: String) -> (stem: Substring, number: Substring) {
    let digits = path.utf8.reversed().prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }.count
    return (path.dropLast(digits), path.suffix(digits).drop { $0 == "0" })
  }
}
