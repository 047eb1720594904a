import SalienceFoundation

/// The activations of a run in a few components: non-negative matrix factorisation, as Ecco's, over a whole dataset.
///
/// X has a row per token and a column per unit, layers in the order of their numbers; numbers below 0 count as 0.
public struct ActivationFactors: Sendable {
  /// What is asked for.
  public struct Request: Sendable {
    /// The method whose activations are taken; nil for the only one.
    public var method: String?
    public var components: Int
    public var iterations: Int
    /// Iterations end where ten of them lessen the error by a smaller part of what it was at first; 0 for all.
    public var tolerance: Double
    public var seed: UInt64
    /// Tokens and units that are told of a component.
    public var top: Int

    public static let (usualComponents, usualIterations, usualTolerance, usualTop) = (8, 200, 1e-4, 10)

    public init(
      method: String? = nil, components: Int = usualComponents, iterations: Int = usualIterations,
      tolerance: Double = usualTolerance, seed: UInt64 = 0, top: Int = usualTop
    ) {
      self.method = method
      self.components = components
      self.iterations = iterations
      self.tolerance = tolerance
      self.seed = seed
      self.top = top
    }
  }

  /// What is found of one model.
  public struct Model: Sendable {
    public let name, method: String
    public let tokens, units, iterations: Int
    /// ‖X - W H‖ / ‖X‖.
    public let error: Double
    public let components: [Component]
    /// W [tokens x components].
    fileprivate let weights: [Double]
  }

  /// A component of one model.
  public struct Component: Sendable {
    /// Tokens by their mean weight, and how often they occur.
    public let tokens: [(token: String, weight: Double, occurrences: Int)]
    /// Units by their share, an element of H.
    public let units: [(layer: Int32, unit: Int32, weight: Double)]
  }

  public let models: [Model]
  private let run: RunDirectory

  /// Numbers above 0 that are held between iterations, 256 MB of them; more are read again for each.
  private static let heldNumbers = 1 << 25

  /// - Throws: `ReportError` where the run holds no such activations, or too few tokens; `ParquetError` where a part
  ///   cannot be read.
  public init(_ run: RunDirectory, _ request: Request, heldNumbers: Int? = nil) throws {
    self.run = run
    models = try run.checkedModels(nil).map { model in
      try Self.factorise(run, model, request, heldNumbers: heldNumbers ?? Self.heldNumbers)
    }
  }

  private static func method(of run: RunDirectory, _ model: String, _ request: Request) throws -> String {
    let known = try run.methodsOfActivations(model: model)
    guard let first = known.first else {
      throw ReportError(
        .missingInput, "holds no activations of \(model): the pipeline needs a method that writes them", at: run.path)
    }
    if let asked = request.method {
      guard known.contains(asked) else {
        throw ReportError(
          .usage, "holds no activations of '\(asked)', only of \(known.joined(separator: ", "))", at: run.path)
      }
      return asked
    }
    guard known.count == 1 else {
      throw ReportError(
        .usage, "holds activations of \(known.joined(separator: ", ")): one of them has to be named", at: run.path)
    }
    return first
  }

  private static func factorise(
    _ run: RunDirectory, _ model: String, _ request: Request, heldNumbers: Int
  ) throws -> Model {
    let method = try method(of: run, model, request)
    // How many units each layer has, and what X comes to.
    var widths: [Int32: Int] = [:]
    var (tokens, sum) = (0, 0.0)
    try run.forEachToken(model: model, method: method) { token in
      tokens += 1
      for value in token.values {
        guard value.value.isFinite, value.unit >= 0 else {
          throw ReportError(.malformedTable, "holds an activation that is no finite number", at: run.path)
        }
        widths[value.layer] = max(widths[value.layer] ?? 0, Int(value.unit) + 1)
        sum += Double(max(0, value.value))
      }
    }
    var starts: [Int32: Int] = [:]
    var places: [(layer: Int32, unit: Int32)] = []
    for (layer, width) in widths.sorted(by: { $0.key < $1.key }) {
      starts[layer] = places.count
      places += (0..<Int32(width)).map { (layer, $0) }
    }
    guard request.components <= min(tokens, places.count) else {
      throw ReportError(
        .usage,
        "\(request.components) components are more than \(model) has tokens (\(tokens)) or units (\(places.count))",
        at: run.path)
    }
    guard sum > 0 else {
      throw ReportError(.nothingToCompare, "no activation of '\(method)' is above 0", at: run.path)
    }
    func read(_ body: (SparseRows.Row) throws -> Void) throws {
      try run.forEachToken(model: model, method: method) { token in
        var row = SparseRows.Row()
        for value in token.values where value.value > 0 {
          row.columns.append(Int32((starts[value.layer] ?? 0) + Int(value.unit)))
          row.values.append(value.value)
        }
        try body(row)
      }
    }
    var held: SparseRows? = SparseRows()
    try read { row in
      held?.append(row)
      if let numbers = held?.numbers, numbers > heldNumbers { held = nil }
    }
    var factors = NonNegativeFactors(
      components: request.components, width: places.count, rows: tokens,
      mean: sum / (Double(tokens) * Double(places.count)), seed: request.seed)
    var (iterations, before) = (0, Double?.none)
    while iterations < request.iterations {
      if let held { try factors.iterate { try held.forEach($0) } } else { try factors.iterate(read) }
      iterations += 1
      guard request.tolerance > 0, iterations % 10 == 0, let errors = factors.errors else { continue }
      if ((before ?? errors.first) - errors.last) / errors.first < request.tolerance { break }
      before = errors.last
    }
    return try Model(
      model, method, factors, run: run, places: places, iterations: iterations, tokens: tokens, top: request.top,
      length: squares(held, read).squareRoot())
  }

  private static func squares(
    _ held: SparseRows?, _ read: ((SparseRows.Row) throws -> Void) throws -> Void
  ) throws -> Double {
    var sum = 0.0
    func add(_ row: SparseRows.Row) { for value in row.values { sum += Double(value) * Double(value) } }
    if let held { held.forEach(add) } else { try read(add) }
    return sum
  }

  /// Writes every token's weights in place of a file, whole or not at all.
  ///
  /// - Throws: an error that names the path.
  public func write(to path: String, as format: any ReportFormat) throws {
    try format.replace(path, with: FactorRow.table) { file in
      for model in models {
        var (index, rows) = (0, [FactorRow]())
        let count = model.components.count
        try run.forEachToken(model: model.name, method: model.method) { token in
          for component in 0..<count {
            var row = FactorRow()
            (row.model, row.row, row.exampleID, row.position) = (model.name, token.row, token.exampleID, token.position)
            (row.token, row.tokenID, row.component) = (token.token, token.tokenID, Int32(component))
            row.weight = model.weights[index * count + component]
            rows.append(row)
          }
          index += 1
          guard rows.count >= 4096 else { return }
          try file.append(rows)
          rows = []
        }
        if !rows.isEmpty { try file.append(rows) }
      }
    }
  }
}

extension ActivationFactors.Model {
  fileprivate init(
    _ name: String, _ method: String, _ factors: NonNegativeFactors, run: RunDirectory,
    places: [(layer: Int32, unit: Int32)], iterations: Int, tokens: Int, top: Int, length: Double
  ) throws {
    let count = factors.components
    // A vocabulary's tokens are a bounded number.
    var sums: [String: (weights: [Double], occurrences: Int)] = [:]
    var index = 0
    try run.forEachToken(model: name, method: method) { token in
      let text = token.token ?? "\(token.tokenID)"
      for component in 0..<count {
        sums[text, default: ([Double](repeating: 0, count: count), 0)].weights[component] +=
          factors.weights[index * count + component]
      }
      sums[text]?.occurrences += 1
      index += 1
    }
    components = (0..<count).map { component in
      let tokens = sums.map { token, sum in
        let weight = sum.weights[component] / Double(sum.occurrences)
        return (token: token, weight: weight, occurrences: sum.occurrences)
      }
      .sorted { ($1.weight, $0.token) < ($0.weight, $1.token) }
      let own = factors.parts[component * factors.width..<(component + 1) * factors.width]
      let units = zip(places, own).map { (layer: $0.layer, unit: $0.unit, weight: $1) }
        .sorted { ($1.weight, $0.layer, $0.unit) < ($0.weight, $1.layer, $1.unit) }
      return ActivationFactors.Component(tokens: Array(tokens.prefix(top)), units: Array(units.prefix(top)))
    }
    (self.name, self.method, self.tokens, self.iterations) = (name, method, tokens, iterations)
    units = places.count
    error = length > 0 ? (factors.errors?.last ?? length) / length : 0
    weights = factors.weights
  }
}
