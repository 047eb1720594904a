/// Finds what somebody meant by a name that is none of the valid ones.
public enum NearestName {
  /// The valid name that is nearest, the first of equals; nil where none is near.
  ///
  /// Near are names whose distance is under a third of the longer one's length, and names of which one begins with the
  /// other: `trapez` for `trapezoid`, `output_dir` for `output`.
  public static func of(_ name: String, among names: [String]) -> String? {
    names.map { (name: $0, distance: distance(name, $0)) }
      .filter { 3 * $0.distance < min(max(name.count, $0.name.count), counted) || isBeginning(name, $0.name) }
      .min { $0.distance < $1.distance }?.name
  }

  /// `; the nearest is 'NAME'`, or nothing where none is near: for messages that list the names themselves.
  public static func hint(for name: String, among names: [String]) -> String {
    of(name, among: names).map { "; the nearest is '\($0)'" } ?? ""
  }

  /// `; the nearest is 'NAME'`, or the names, at most 20 of them, where none is near.
  public static func hintOrList(for name: String, among names: [String]) -> String {
    if of(name, among: names) != nil { return hint(for: name, among: names) }
    let rest = names.count > 20 ? " and \(names.count - 20) more" : ""
    return "; known are \(names.prefix(20).joined(separator: ", "))\(rest)"
  }

  private static func isBeginning(_ first: String, _ second: String) -> Bool {
    let (first, second) = (first.lowercased(), second.lowercased())
    return min(first.count, second.count) >= 3 && (first.hasPrefix(second) || second.hasPrefix(first))
  }

  /// Characters of a name that count.
  private static let counted = 128

  /// Insertions, deletions, substitutions and swaps of neighbours that lead from one name to the other, without regard
  /// to case; the first 128 characters of each count.
  ///
  /// Every character is edited once at most: the optimal string alignment of Damerau (1964) and Levenshtein (1966).
  static func distance(_ first: String, _ second: String) -> Int {
    let first = Array(first.lowercased().prefix(counted)), second = Array(second.lowercased().prefix(counted))
    var (before, above) = ([Int](), Array(0...second.count))
    for i in first.indices {
      var row = [i + 1]
      for j in second.indices {
        let substituted = above[j] + (first[i] == second[j] ? 0 : 1)
        var least = min(substituted, above[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, first[i] == second[j - 1], first[i - 1] == second[j] { least = min(least, before[j - 1] + 1) }
        row.append(least)
      }
      (before, above) = (above, row)
    }
    return above[second.count]
  }
}
