import SalienceAttribution
import SalienceJSON

/// Labels of a dataset that are no class of a model: how many rows have one, and what to show of them.
public struct UnknownLabels: Sendable, Equatable {
  /// Rows whose label is not a class.
  public private(set) var rows = 0
  /// The first few of these labels, each once, cut where they are long.
  public private(set) var first: [String] = []
  /// The model's first classes.
  public private(set) var classes: [String] = []

  private static let shown = 3
  private static let longest = 40

  public init() {}

  /// Counts a row's label where it is unknown.
  public mutating func add(_ meaning: LabelMeaning) {
    guard meaning.isUnknown else { return }
    rows += 1
    add(first: meaning.unknown, classes: meaning.classes)
  }

  private mutating func add(first labels: [String], classes: [String]) {
    for label in labels {
      let short = label.count > Self.longest ? label.prefix(Self.longest) + "…" : label
      if first.count < Self.shown, !first.contains(short) { first.append(short) }
    }
    if self.classes.isEmpty { self.classes = classes }
  }

  public static func += (left: inout UnknownLabels, right: UnknownLabels) {
    left.rows += right.rows
    left.add(first: right.first, classes: right.classes)
  }

  /// One line for a user; nil where every label is a class.
  ///
  /// - Parameters:
  ///   - total: rows among which they were counted.
  ///   - model: its name.
  public func text(of total: Int, model: String) -> String? {
    guard rows > 0 else { return nil }
    let list = first.map { "'\($0)'" } + (first.count == Self.shown ? ["…"] : [])
    let examples = list.isEmpty ? "" : " (\(list.joined(separator: ", ")))"
    let known = classes.isEmpty ? "" : ", whose classes are \(classes.joined(separator: ", "))"
    return "the labels of \(rows) of \(total) rows\(examples) are no class of \(model)\(known); 'correct' is null there"
  }
}

extension UnknownLabels {
  public var json: JSONValue {
    [
      "rows": .integer(rows), "first": .array(first.map(JSONValue.string)),
      "classes": .array(classes.map(JSONValue.string)),
    ]
  }

  /// Reads what `json` writes; nil where something is missing.
  public init?(_ json: JSONValue) {
    guard let rows = json["rows"]?.intValue, rows >= 0, let first = json["first"]?.arrayValue,
      let classes = json["classes"]?.arrayValue
    else { return nil }
    self.rows = rows
    self.first = first.compactMap(\.stringValue)
    self.classes = classes.compactMap(\.stringValue)
  }
}
