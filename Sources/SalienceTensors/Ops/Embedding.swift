/// Sum of table rows: out[t] = Σ tables[i][indices_i[t]], [T x H].
public struct Embedding: Operation {
  public let terms: [EmbeddingTerm]

  public var name: String { "embedding" }
  public var parameters: [Parameter] { terms.map(\.table) }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 0...0)
    guard let width = terms.first?.table.shape.last,
      terms.allSatisfy({ $0.table.shape.count == 2 && $0.table.shape.last == width })
    else { throw TensorError(.shape, "embedding tables differ in width") }
    return [ValueShape(.tokens, width)]
  }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] { [] }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.embedding(terms, output: primary(outputs))
  }

  /// Of each table one row per token is read, and the index that selects it.
  public func elements(_ sizes: BatchSizes, inputs: [ValueShape], outputs: [ValueShape?]) -> Int {
    let width = terms.first?.table.shape.last ?? 0
    return sizes.tokens * ((terms.count + 1) * width + terms.count)
  }
}

/// A table [entries x H] and the indices that select its rows.
public struct EmbeddingTerm: Sendable {
  public let table: Parameter
  public let index: IndexInput

  public init(_ table: Parameter, _ index: IndexInput) {
    self.table = table
    self.index = index
  }
}

public protocol EmbeddingKernels {
  /// output[t] = Σ term.table[term.index[t]].
  func embedding(_ terms: [EmbeddingTerm], output: Handle) throws
}

extension Plan {
  public mutating func embedding(_ terms: EmbeddingTerm...) throws -> ValueID { try embedding(terms) }

  public mutating func embedding(_ terms: [EmbeddingTerm]) throws -> ValueID {
    try apply(Embedding(terms: terms), [])[0]
  }
}
