/// Which checkpoints are compared with which.
public enum ComparisonPairs: Sendable, Equatable {
  /// Each with the one before it.
  case consecutive
  /// Each with the first.
  case first
  /// Each with every one before it.
  case all
  /// Two by their names, `A:B`.
  case named(String)

  /// Reads `consecutive`, `first`, `all` or `A:B`; nil for anything else.
  public init?(_ text: String) {
    switch text {
    case "consecutive": self = .consecutive
    case "first": self = .first
    case "all": self = .all
    default:
      guard text.contains(":") else { return nil }
      self = .named(text)
    }
  }

  /// Positions of what is compared, earlier before later.
  func positions(count: Int) -> [(Int, Int)] {
    switch self {
    case .consecutive: (1..<max(1, count)).map { ($0 - 1, $0) }
    case .first: (1..<max(1, count)).map { (0, $0) }
    case .all: (0..<count).flatMap { later in (0..<later).map { ($0, later) } }
    case .named: []
    }
  }
}

extension Comparison {
  /// What to compare with what: in one run its models, in the pipeline's order; over several runs each model of a later
  /// run with its namesake in the earlier one, or else with that run's first model.
  ///
  /// Runs are compared in the order given. Three or more whose names differ in the numbers at their ends alone, and
  /// which stand in byte order as a shell's pattern lists them, are compared in the order of the numbers.
  /// - Throws: `ReportError`: `nothingToCompare` where there is one checkpoint only, `usage` for a name of no checkpoint.
  public static func pairs(
    of runs: [RunDirectory], choosing choice: ComparisonPairs = .consecutive
  ) throws -> [(Side, Side)] {
    let runs = ordered(runs)
    let models = runs.map(\.models)
    guard let first = runs.first, models.allSatisfy({ !$0.isEmpty }) else {
      throw ReportError(.nothingToCompare, "there are no predictions to compare")
    }
    if runs.count == 1, models[0].count == 1 {
      throw ReportError(.nothingToCompare, "holds one model: give a second run", at: first.path)
    }
    let names = Set(runs.map(\.name)).count == runs.count ? runs.map(\.name) : runs.map(\.path)
    let sides = runs.indices.map { run in
      models[run].map { model in
        Side(run: runs[run], model: model, name: runs.count == 1 ? model : "\(names[run])/\(model)")
      }
    }
    if case .named(let text) = choice { return [try pair(text, among: sides, runs: names)] }
    if runs.count == 1 { return choice.positions(count: sides[0].count).map { (sides[0][$0], sides[0][$1]) } }
    return choice.positions(count: runs.count).flatMap { earlier, later in
      sides[later].map { side in (sides[earlier].first { $0.model == side.model } ?? sides[earlier][0], side) }
    }
  }

  private static func ordered(_ runs: [RunDirectory]) -> [RunDirectory] {
    func key(_ run: RunDirectory) -> TrailingNumber {
      TrailingNumber(String(run.path.reversed().drop { $0 == "/" }.reversed()))
    }
    guard runs.count > 2, let first = runs.first else { return runs }
    let isNumbered = runs.allSatisfy { key($0).isNumbered && key($0).hasSameStem(as: key(first)) }
    let isListed = zip(runs, runs.dropFirst()).allSatisfy { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    return isNumbered && isListed ? runs.sorted { key($0) < key($1) } : runs
  }

  /// The two checkpoints of `A:B`.
  ///
  /// A name may hold colons of its own. A run's name stands for its only model.
  private static func pair(_ text: String, among sides: [[Side]], runs: [String]) throws -> (Side, Side) {
    func side(_ name: Substring) -> Side? {
      if let side = sides.joined().first(where: { $0.name == name }) { return side }
      guard sides.count > 1, let run = runs.firstIndex(where: { $0 == name }) else { return nil }
      return sides[run].count == 1 ? sides[run][0] : nil
    }
    for colon in text.indices where text[colon] == ":" {
      guard let a = side(text[..<colon]), let b = side(text[text.index(after: colon)...]) else { continue }
      guard a != b else { throw ReportError(.usage, "names one checkpoint twice", at: "--pairs \(text)") }
      return (a, b)
    }
    let known = sides.joined().map(\.name).joined(separator: ", ")
    throw ReportError(.usage, "names no two of the checkpoints \(known)", at: "--pairs \(text)")
  }
}
