import Foundation

/// A tokens.csv by text: its scores apart from everything else.
struct TokenScores {
  /// Scores of one example under one model and method, with the cells that no device may change.
  struct Example {
    var cells: [[String]] = []
    var attributions: [Double] = []
    var normalized: [Double] = []
    var probabilities: [Double] = []
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private(set) var examples: [String: Example] = [:]

  init(_ path: String) throws {
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(Self.cells)
    guard let header = lines.first,
      let attribution = header.firstIndex(of: "attribution"), let normalized = header.firstIndex(of: "normalized"),
      let probability = header.firstIndex(of: "probability")
    else { throw Failure(description: "\(path) has no scores") }
    let scores: Set = [attribution, normalized, probability]
    for line in lines.dropFirst() {
      guard line.count == header.count, let attribution = Double(line[attribution]),
        let normalized = Double(line[normalized]), let probability = Double(line[probability])
      else { throw Failure(description: "\(path): \(line)") }
      // Model, row, example, method and target.
      let key = line[..<5].joined(separator: "/")
      examples[key, default: Example()].cells.append(line.indices.filter { !scores.contains($0) }.map { line[$0] })
      examples[key, default: Example()].attributions.append(attribution)
      examples[key, default: Example()].normalized.append(normalized)
      examples[key, default: Example()].probabilities.append(probability)
    }
  }

  /// Distance of two lists of scores relative to the norm of the second.
  static func distance(_ own: [Double], _ other: [Double]) -> Double {
    let error = zip(own, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    return error == 0 ? 0 : error / other.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// The cells of a line (RFC 4180); a quote inside a quoted cell stands twice.
  private static func cells(_ line: Substring) -> [String] {
    var (cells, isQuoted) = ([""], false)
    var rest = line[...]
    while let character = rest.popFirst() {
      switch character {
      case "\"" where isQuoted && rest.first == "\"":
        cells[cells.count - 1].append("\"")
        rest.removeFirst()
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: cells.append("")
      default: cells[cells.count - 1].append(character)
      }
    }
    return cells
  }
}
