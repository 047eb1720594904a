/// Finds what somebody meant by a name that is none of the valid ones.
enum NearestName {
  /// The valid name that takes the fewest insertions, deletions and substitutions, the first of equals.
  static func of(_ name: String, among names: [String]) -> String? {
    names.map { (name: $0, distance: distance(name, $0)) }.min { $0.distance < $1.distance }?.name
  }

  /// `; the nearest is 'NAME'`, or nothing where there are no names.
  static func hint(for name: String, among names: [String]) -> String {
    of(name, among: names).map { "; the nearest is '\($0)'" } ?? ""
  }

  /// Levenshtein's distance in characters; the first 128 of each count.
  static func distance(_ first: String, _ second: String) -> Int {
    let first = Array(first.lowercased().prefix(128)), second = Array(second.lowercased().prefix(128))
    var row = Array(0...second.count)
    for (i, a) in first.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in second.enumerated() {
        let substituted = diagonal + (a == b ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, diagonal + 1, row[j] + 1)
      }
    }
    return row[second.count]
  }
}
