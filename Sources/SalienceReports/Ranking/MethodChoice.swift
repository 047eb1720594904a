import SalienceJSON

/// The most faithful of the methods of a ranking that explain a whole dataset within a time.
public struct MethodChoice: Sendable, Equatable {
  /// What a method costs.
  public struct Cost: Sendable, Equatable {
    public let method: String
    /// Seconds for one row, all workers together at work.
    public let secondsPerRow: Double
    /// Seconds for all of them.
    public let seconds: Double
    public let fits: Bool
  }

  /// The id of the method that is chosen; nil where none fits.
  public let method: String?
  public let ranking: Ranking
  /// One per method of the ranking that can be chosen, in its order.
  public let costs: [Cost]
  public let budget: Double
  /// Rows of the dataset under all models.
  public let rows: Int

  /// - Parameters:
  ///   - ranking: of the methods on a sample, with the seconds that each took.
  ///   - workers: whose seconds overlap.
  ///   - rows: of the dataset, under all models.
  ///   - budget: seconds.
  public init(_ ranking: Ranking, workers: Int, rows: Int, budget: Double) {
    self.ranking = ranking
    self.budget = budget
    self.rows = rows
    costs = ranking.methods.filter { !$0.isRandom && $0.meanRank != nil }.map { method in
      let perRow = (method.seconds ?? .infinity) / Double(max(workers, 1)) / Double(max(ranking.examples, 1))
      let all = perRow * Double(rows)
      return Cost(method: method.id, secondsPerRow: perRow, seconds: all, fits: all <= budget)
    }
    method = costs.first(where: \.fits)?.method
  }

  /// The ranking, and a line per method of what the whole dataset would take.
  public var text: String {
    let lines = costs.map { cost in
      "  \(cost.method): about \(Self.time(cost.seconds)) for \(rows) rows"
        + (cost.fits ? "" : ", more than \(Self.time(budget))") + (cost.method == method ? "; chosen" : "")
    }
    return ([ranking.text] + lines).joined(separator: "\n")
  }

  /// What was chosen and why, in one line.
  public var summary: String {
    guard let method, let cost = costs.first(where: { $0.method == method }) else {
      let cheapest = costs.min { $0.seconds < $1.seconds }
      return "no method explains \(rows) rows within \(Self.time(budget))"
        + (cheapest.map { ": the cheapest, \($0.method), takes about \(Self.time($0.seconds))" } ?? "")
    }
    let better = costs.prefix { $0.method != method }.map(\.method)
    let passed = better.isEmpty ? "" : "; more faithful but too slow: \(better.joined(separator: ", "))"
    return "methods: auto takes \(method), the most faithful method within the budget: about"
      + " \(Self.time(cost.seconds)) of \(Self.time(budget)) for \(rows) rows\(passed)"
  }

  /// For programs.
  public var json: JSONValue {
    [
      "method": method.map(JSONValue.string) ?? .null, "rows": .integer(rows), "budget_seconds": .double(budget),
      "costs": .array(
        costs.map {
          [
            "method": .string($0.method), "seconds_per_row": .double($0.secondsPerRow),
            "estimated_seconds": .double($0.seconds), "fits": .bool($0.fits),
          ]
        }),
      "ranking": ranking.json,
    ]
  }

  private static func time(_ seconds: Double) -> String {
    let whole = Int(min(seconds, 1e12).rounded(.up))
    switch whole {
    case ..<120: return "\(whole) s"
    case ..<7200: return "\((whole + 30) / 60) min"
    default: return "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
  }
}
