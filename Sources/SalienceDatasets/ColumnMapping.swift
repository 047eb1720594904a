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
    let hint =
      existing.isEmpty ? "; there is no column at all" : NearestName.hintOrList(for: column, among: existing)
    return DatasetError(.missingColumn, "no column '\(column)'\(hint)", file: file, column: column)
  }
}
