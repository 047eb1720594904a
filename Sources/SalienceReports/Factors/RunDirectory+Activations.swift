/// What a run's activations table holds of one token.
package struct TokenActivations {
  package let row: Int64
  package let exampleID: String
  package let position: Int32
  package let token: String?
  package let tokenID: Int32
  /// By layer and unit, in their order.
  package fileprivate(set) var values: [(layer: Int32, unit: Int32, value: Float)]
}

extension RunDirectory {
  /// Methods whose activations a model's table holds.
  func methodsOfActivations(model: String) throws -> [String] {
    var found: [String] = []
    var rows = TableCursor<ActivationRow>(parts(of: .activations, model: model), columns: ["method"])
    while let row = try rows.next() {
      if !found.contains(row.key.method) { found.append(row.key.method) }
    }
    return found
  }

  /// Every token of one method's activations, in the order of rows and positions.
  ///
  /// A token that stands under several outputs of an example is given once.
  package func forEachToken(model: String, method: String, _ body: (TokenActivations) throws -> Void) throws {
    struct Output: Equatable {
      let target: String
      let position: Int32?
    }
    var rows = TableCursor<ActivationRow>(parts(of: .activations, model: model))
    var tokens: [Int32: TokenActivations] = [:]
    /// The output under which each token was met first.
    var outputs: [Int32: Output] = [:]
    var current: Int64?
    func close() throws {
      for position in tokens.keys.sorted() {
        guard var token = tokens[position] else { continue }
        token.values.sort { ($0.layer, $0.unit) < ($1.layer, $1.unit) }
        try body(token)
      }
      (tokens, outputs) = ([:], [:])
    }
    while let row = try rows.next() {
      guard row.key.method == method else { continue }
      if row.key.row != current {
        try close()
        current = row.key.row
      }
      let output = Output(target: row.key.target, position: row.key.targetPosition)
      guard outputs[row.position] == nil || outputs[row.position] == output else { continue }
      outputs[row.position] = output
      tokens[
        row.position,
        default: TokenActivations(
          row: row.key.row, exampleID: row.key.exampleID, position: row.position, token: row.token,
          tokenID: row.tokenID, values: [])
      ].values.append((row.layer, row.unit, row.value))
    }
    try close()
  }
}
