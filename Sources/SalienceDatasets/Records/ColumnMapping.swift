import SalienceFoundation

/// Which columns of a file, or names of a JSON object, hold an example's parts.
public struct ColumnMapping: Sendable, Equatable {
  public var id: String?
  public var text: String
  public var textPair: String?
  public var label: String?
  /// What people marked in the text: a list of pairs, as JSON.
  public var rationale: String?
  /// The parts of the text that a method takes out: a list of pairs, as JSON.
  public var spans: String?
  /// Columns whose values an example carries along, in `Example.kept`, and into the tables, in this order.
  public var keep: [String]

  public init(
    id: String? = nil, text: String, textPair: String? = nil, label: String? = nil, rationale: String? = nil,
    spans: String? = nil, keep: [String] = []
  ) {
    self.rationale = rationale
    self.spans = spans
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
  /// - Parameters:
  ///   - paths: files or patterns.
  ///   - format: goes before what their names say.
  public static func standard(for paths: [String], as format: DatasetOptions.Format? = nil) -> ColumnMapping? {
    paths.allSatisfy { (try? FileFormat(of: $0, as: format))?.records == .json(isLines: false) } ? .squad : nil
  }

  /// Every column named, in the order in which faults are reported.
  var names: [String] { [text, textPair, id, label, rationale, spans].compactMap { $0 } + keep }

  /// The error for a file of delimited text whose first line lacks the text's column.
  ///
  /// - Parameter line: the first line, cut where it is long.
  func missingText(in file: String, header: [String], firstLine line: String) -> DatasetError {
    if header.isEmpty || NearestName.of(text, among: header) != nil {
      return Self.missing(text, from: header, in: file)
    }
    return DatasetError(
      .missingColumn,
      "no column '\(text)' in the first line, '\(line)'; a file without a header takes"
        + " 'dataset.header: [\(text), ...]' with \(header.count == 1 ? "one name" : "\(header.count) names")",
      file: file, column: text)
  }

  /// The error for `column`, which is none of the columns of `file`.
  static func missing(_ column: String, from existing: [String], in file: String) -> DatasetError {
    let hint =
      existing.isEmpty ? "; there is no column at all" : NearestName.hintOrList(for: column, among: existing)
    return DatasetError(.missingColumn, "no column '\(column)'\(hint)", file: file, column: column)
  }
}
