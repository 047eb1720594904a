import SalienceAttribution

extension Ranking {
  /// For people: a line per method, the best first, then what may be chance, and how far methods agree.
  public var text: String {
    let basis = metrics.isEmpty ? "" : ", ranked by \(metrics.map(\.rawValue).joined(separator: ", "))"
    var lines = ["\(model): \(examples) examples, means with 95 % intervals\(basis)"]
    let columns = FaithfulnessMetric.allCases.filter { metric in
      methods.contains { $0.scores.contains { $0.metric == metric } }
    }
    let header = ["method", "mean rank"] + columns.map { $0.rawValue + Self.arrow($0) } + ["evaluations", "seconds"]
    let cells = methods.map { method in
      [method.id, method.meanRank.map { Self.text($0) } ?? "-"]
        + columns.map { column in
          method.scores.first { $0.metric == column }.map { Self.text($0.mean) } ?? "-"
        } + [Self.number(method.evaluations), method.seconds.map { Self.number($0) } ?? "-"]
    }
    lines += Self.aligned([header] + cells).map { "  \($0)" }
    let ignoring = methods.filter(\.ignoresWeights).map { "\($0.id): its scores hardly change under random weights" }
    lines += (comparisonsWithChance + ignoring + agreementLines).map { "  \($0)" }
    return lines.joined(separator: "\n")
  }

  /// A line per pair of methods; none where agreement was not measured.
  private var agreementLines: [String] {
    let columns = FaithfulnessMetric.allCases.filter { metric in agreements.contains { $0.metric == metric } }
    var pairs: [[String]] = []
    for agreement in agreements where !pairs.contains(agreement.methods) { pairs.append(agreement.methods) }
    guard !pairs.isEmpty else { return [] }
    let cells = pairs.map { pair in
      [pair.joined(separator: " and ")]
        + columns.map { column in
          agreements.first { $0.methods == pair && $0.metric == column }.map { Self.text($0.mean) } ?? "-"
        }
    }
    return Self.aligned([["agreement of"] + columns.map(\.rawValue)] + cells)
  }

  /// The methods and their mean ranks, in one line.
  public var summary: String {
    let places = methods.map { "\($0.id) \($0.meanRank.map { Self.number($0.value) } ?? "-")" }
    let chance = methods.filter(\.isNoBetterThanRandom).map(\.id)
    let note = chance.isEmpty ? "" : "; no better than random: \(chance.joined(separator: ", "))"
    return "faithfulness under \(model), mean ranks: \(places.joined(separator: ", "))\(note)"
  }

  private var comparisonsWithChance: [String] {
    guard methods.contains(where: \.isRandom) else {
      return ["no method 'random' among the pipeline's: nothing says what chance would reach"]
    }
    return methods.compactMap { method in
      let names = method.notBetterThanRandom.map(\.rawValue)
      if method.isNoBetterThanRandom { return "\(method.id): NOT better than random in any metric" }
      return names.isEmpty ? nil : "\(method.id): not better than random in \(names.joined(separator: ", "))"
    }
  }

  private static func arrow(_ metric: FaithfulnessMetric) -> String {
    metric.order == .lowerIsBetter ? " (low is good)" : ""
  }

  private static func text(_ estimate: Estimate) -> String {
    let interval = estimate.interval.map { " [\(number($0.lowerBound)), \(number($0.upperBound))]" } ?? ""
    return number(estimate.value) + interval
  }

  /// Three decimals, or as many significant digits where the number is large.
  private static func number(_ value: Double) -> String {
    guard value.isFinite else { return "-" }
    if value.magnitude >= 100 { return value.magnitude < 1e15 ? "\(Int(value.rounded()))" : "\(value)" }
    let rounded = (value.magnitude * 1000).rounded()
    let digits = String(Int(rounded) % 1000)
    let sign = value < 0 && rounded > 0 ? "-" : ""
    return "\(sign)\(Int(rounded) / 1000).\(String(repeating: "0", count: 3 - digits.count))\(digits)"
  }

  /// Rows of cells under each other: the first column to the left, the others to the right.
  private static func aligned(_ rows: [[String]]) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).enumerated().map { column, cell in
        let space = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 0 ? cell.0 + space : space + cell.0
      }.joined(separator: "  ")
    }
  }
}
