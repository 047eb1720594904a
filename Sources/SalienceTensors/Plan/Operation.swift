/// An op: its meaning, shape check and gradient rule.
///
/// Each backend implements its kernel under the same file stem.
public protocol Operation: Sendable {
  /// Name in profiles and errors.
  var name: String { get }

  /// Weights it reads.
  var parameters: [Parameter] { get }

  /// Checks the operands and gives the shapes of the outputs; the first output is the one gradients flow through.
  ///
  /// - Throws: `TensorError` with code `shape`.
  func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape]

  /// Appends to `plan` the ops that carry `gradient` (of the first output) to the inputs.
  ///
  /// Weights are constants here: only input gradients exist.
  ///
  /// - Returns: one gradient an input; nil where the input has none.
  func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?]

  /// Runs or records the op on a backend. `outputs` holds nil where nobody reads the result.
  func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws

  /// Multiplications and additions the op needs, counted as two, without elementwise work.
  ///
  /// - Parameters:
  ///   - lengths: tokens of each sequence of the batch.
  ///   - inputs: shapes of the operands.
  func flops(lengths: [Int], inputs: [ValueShape]) -> Int
}

extension Operation {
  public var parameters: [Parameter] { [] }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    throw TensorError(.notDifferentiable, "\(name) has no gradient")
  }

  public func flops(lengths: [Int], inputs: [ValueShape]) -> Int { 0 }

  /// Checks the number of operands.
  func expect(_ inputs: [ValueShape], _ counts: ClosedRange<Int>) throws {
    guard counts.contains(inputs.count) else {
      throw TensorError(.shape, "\(name) takes \(counts) operands, not \(inputs.count)")
    }
  }

  /// Checks that two operands have one shape.
  func expectEqual(_ a: ValueShape, _ b: ValueShape) throws {
    guard a == b else { throw TensorError(.shape, "\(name) takes operands of one shape, not \(a) and \(b)") }
  }

  /// The handle of an output that the op cannot do without.
  func primary(_ outputs: [Handle?]) throws -> Handle {
    guard let first = outputs.first, let handle = first else {
      throw TensorError(.backend, "\(name) has no place for its result")
    }
    return handle
  }
}

extension RowExtent {
  /// Rows of a batch whose sequences have these lengths.
  func count(_ lengths: [Int]) -> Int { self == .tokens ? lengths.reduce(0, +) : lengths.count }
}
