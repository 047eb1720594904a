/// Some columns of every row, side by side: [R x W] -> [R x w].
///
/// It takes K and V out of joined rows, to be kept while a language model generates; nothing is differentiated there.
public struct Columns: Operation {
  public let range: Range<Int>

  public var name: String { "columns" }
  public var linearity: Linearity { .linear }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 1...1)
    guard !range.isEmpty, range.lowerBound >= 0, range.upperBound <= inputs[0].width else {
      throw TensorError(.shape, "columns \(range) are not all in \(inputs[0])")
    }
    return [ValueShape(inputs[0].rows, range.count)]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.columns(inputs[0], from: range.lowerBound, output: primary(outputs))
  }

  /// The columns alone are read.
  public func elements(_ sizes: BatchSizes, inputs: [ValueShape], outputs: [ValueShape?]) -> Int {
    2 * sizes.rows(inputs[0].rows) * range.count
  }
}

public protocol ColumnsKernels {
  /// As many columns as the output has, from `first` on.
  func columns(_ x: Handle, from first: Int, output: Handle) throws
}

extension Plan {
  public mutating func columns(_ x: ValueID, _ range: Range<Int>) throws -> ValueID {
    try apply(Columns(range: range), [x])[0]
  }
}
