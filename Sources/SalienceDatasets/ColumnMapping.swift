/// Which columns of a file, or names of a JSON object, hold an example's parts.
public struct ColumnMapping: Sendable, Equatable {
  public var id: String?
  public var text: String
  public var textPair: String?
  public var label: String?
  /// Columns whose values an example carries along, in `Example.kept`.
  public var keep: [String]

  public init(
    id: String? = nil, text: String, textPair: String? = nil, label: String? = nil, keep: [String] = []
  ) {
    self.id = id
    self.text = text
    self.textPair = textPair
    self.label = label
    self.keep = keep
  }

  /// The columns of a SQuAD file: the question is the text, its context the pair, and the first answer the label.
  public static let squad = ColumnMapping(id: "id", text: "question", textPair: "context", label: "answer")

  /// The columns of files whose kind says them; nil where they have to be named.
  ///
  /// - Parameter paths: files or patterns.
  public static func standard(for paths: [String]) -> ColumnMapping? {
    paths.allSatisfy { (try? FileFormat(of: $0))?.records == .squad } ? .squad : nil
  }

  /// Every column named, in the order in which faults are reported.
  var names: [String] { [text, textPair, id, label].compactMap { $0 } + keep }

  /// The error for `column`, which is none of the columns of `file`.
  static func missing(_ column: String, from existing: [String], in file: String) -> DatasetError {
    let hint =
      existing.isEmpty ? "; there is no column at all" : NearestName.hintOrList(for: column, among: existing)
    return DatasetError(.missingColumn, "no column '\(column)'\(hint)", file: file, column: column)
  }
}
