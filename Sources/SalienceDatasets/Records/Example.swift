/// One record of a dataset that can be scored.
public struct Example: Sendable, Equatable {
  /// 0-based index over every record of the dataset, bad ones included, files in byte order of their names.
  public let row: Int64
  /// The id column's value, or `row` in decimal where there is none.
  public let id: String
  public let text: String
  public let textPair: String?
  /// The label column's value as written, if the pipeline maps one; a list as compact JSON.
  public let label: String?
  /// The elements of a label that is a list, each as written, or all answers of a question that has several,
  /// of which `label` is the first; nil where the label is none or one value.
  public let labels: [String]?
  /// What people marked in the text, as the dataset writes it, a list as compact JSON; nil where it says nothing.
  public let rationale: String?
  /// The parts of the text that a method takes out, in the same form.
  public let spans: String?
  /// The values of the columns that are carried along, in their order; nil where the record has none.
  public let kept: [String?]

  public init(
    row: Int64, id: String, text: String, textPair: String? = nil, label: String? = nil, labels: [String]? = nil,
    rationale: String? = nil, spans: String? = nil, kept: [String?] = []
  ) {
    self.rationale = rationale
    self.spans = spans
    self.row = row
    self.id = id
    self.text = text
    self.textPair = textPair
    self.label = label
    self.labels = labels
    self.kept = kept
  }
}

/// Where a record begins.
public struct RecordLocation: Sendable, Equatable {
  /// Path as the user wrote it or as the glob found it.
  public let file: String
  /// 1-based line in the decompressed file.
  public let line: Int
  /// 0-based byte offset in the decompressed file.
  public let byteOffset: Int64

  public init(file: String, line: Int, byteOffset: Int64) {
    self.file = file
    self.line = line
    self.byteOffset = byteOffset
  }
}

/// A record that cannot be scored; it becomes a row of the errors table and never stops a run.
public struct BadRow: Sendable, Equatable {
  public let row: Int64
  /// The record's id where it could still be read.
  public let id: String?
  public let location: RecordLocation
  /// The column at fault, where one is.
  public let column: String?
  /// What is wrong, without text of the user's.
  public let reason: String

  public init(row: Int64, id: String?, location: RecordLocation, column: String?, reason: String) {
    self.row = row
    self.id = id
    self.location = location
    self.column = column
    self.reason = reason
  }
}

extension BadRow {
  /// The same row where the file ends within it, as files do that were cut off.
  func atTheEnd() -> BadRow {
    BadRow(
      row: row, id: id, location: location, column: column,
      reason: reason + "; the file ends here without a line end: was it cut off?")
  }
}

/// What a dataset yields for each record.
public enum DatasetRecord: Sendable, Equatable {
  case example(Example, RecordLocation)
  case bad(BadRow)
}
