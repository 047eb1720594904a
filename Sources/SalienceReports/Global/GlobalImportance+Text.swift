import SalienceJSON

extension GlobalImportance {
  /// For people: a table per model, method, target and slice.
  public var text: [String] {
    var lines: [String] = []
    var before: GlobalRow?
    let width = min(30, rows.map { TerminalText.visible($0.word).count }.max() ?? 0)
    for row in rows {
      if before.map({ !row.isOfGroup(of: $0) }) ?? true {
        var title = "\(row.model)  \(row.method)  target \(row.target)"
        if let slice = row.slice { title += "  slice \(slice)" }
        if before != nil { lines.append("") }
        lines.append(TerminalText.visible(title))
        lines.append("  \("word".padded(to: width))      mean  95 % interval     |mean|  occurrences  examples")
      }
      before = row
      let interval = row.meanLow.flatMap { low in row.meanHigh.map { "\(Self.short(low))..\(Self.short($0))" } } ?? "-"
      lines.append(
        "  \(TerminalText.visible(row.word).padded(to: width))  \(Self.short(row.mean).leftPadded(to: 8))"
          + "  \(interval.padded(to: 16)) \(Self.short(row.meanAbsolute).leftPadded(to: 8))"
          + "  \("\(row.occurrences)".leftPadded(to: 11))  \("\(row.examples)".leftPadded(to: 8))")
    }
    if leftOut > 0 {
      lines.append("\(leftOut) occurrences of words that came up after \(words) different ones are not counted")
    }
    return lines
  }

  /// For programs.
  public var json: JSONValue {
    [
      "words": .integer(words), "left_out": .integer(leftOut),
      "rows": .array(rows.map { .object(GlobalRow.table.json(of: $0)) }),
    ]
  }

  /// Four digits after the point, with a sign.
  private static func short(_ value: Double) -> String {
    guard abs(value) < 1e6 else { return "\(value)" }
    let scaled = Int((abs(value) * 10_000).rounded())
    let fraction = "\(scaled % 10_000)".leftPadded(to: 4, with: "0")
    return "\(value < 0 ? "-" : "+")\(scaled / 10_000).\(fraction)"
  }
}

extension GlobalRow {
  fileprivate func isOfGroup(of other: GlobalRow) -> Bool {
    model == other.model && method == other.method && target == other.target && slice == other.slice
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

  fileprivate func leftPadded(to width: Int, with letter: Character = " ") -> String {
    String(repeating: letter, count: max(0, width - count)) + self
  }
}
