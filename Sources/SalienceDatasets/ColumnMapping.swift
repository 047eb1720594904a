/// Which columns of a file, or names of a JSON object, hold an example's parts.
public struct ColumnMapping: Sendable, Equatable {
  public var id: String?
  public var text: String
  public var textPair: String?
  public var label: String?

  public init(id: String? = nil, text: String, textPair: String? = nil, label: String? = nil) {
    self.id = id
    self.text = text
    self.textPair = textPair
    self.label = label
  }

  /// Every column named, in the order in which faults are reported.
  var names: [String] { [text, textPair, id, label].compactMap { $0 } }

  /// The error for `column`, which is none of the columns of `file`.
  static func missing(_ column: String, from existing: [String], in file: String) -> DatasetError {
    let nearest = existing.min { editDistance($0, column) < editDistance($1, column) }
    let hint = nearest.map { ", the nearest is '\($0)'" } ?? ", nor any other"
    return DatasetError(.missingColumn, "no column '\(column)'\(hint)", file: file, column: column)
  }

  /// Levenshtein's distance in Unicode scalars, without regard to case.
  private static func editDistance(_ left: String, _ right: String) -> Int {
    let left = Array(left.lowercased().unicodeScalars.prefix(256))
    let right = Array(right.lowercased().unicodeScalars.prefix(256))
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let substituted = diagonal + (a == b ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[right.count]
  }
}
