/// The rows of each sequence's partner, in its own rows' places: sequences 0 and 1 are partners, 2 and 3, and so on.
///
/// Zeros where the partner has no such row, or a sequence no partner. Methods that compare two inputs put them into a
/// batch as partners, which have equally many tokens.
public struct PartnerRows: Operation {
  public var name: String { "partner_rows" }
  public var linearity: Linearity { .linear }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 1...1)
    return [inputs[0]]
  }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    [try plan.partnerRows(gradient)]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.partnerRows(inputs[0], output: primary(outputs))
  }
}

public protocol PartnerRowsKernels {
  /// output[row] = the row at the same place of the partner of row's sequence, or zeros; of sequences, the partner's.
  func partnerRows(_ x: Handle, output: Handle) throws
}

extension PackedBatch {
  /// The row that takes each row's place in the partner of its sequence; nil where there is none.
  package func partners(_ extent: RowExtent) -> [Int?] {
    switch extent {
    case .sequences: return (0..<sequenceCount).map { $0 ^ 1 < sequenceCount ? $0 ^ 1 : nil }
    case .tokens:
      return lengths.indices.flatMap { sequence in
        let partner = sequence ^ 1
        let rows = partner < sequenceCount ? offsets[partner]..<offsets[partner + 1] : 0..<0
        return (0..<lengths[sequence]).map { $0 < rows.count ? rows.lowerBound + $0 : nil }
      }
    }
  }
}

extension Plan {
  /// Each sequence's partner's rows in its own rows' places.
  public mutating func partnerRows(_ x: ValueID) throws -> ValueID { try apply(PartnerRows(), [x])[0] }
}
