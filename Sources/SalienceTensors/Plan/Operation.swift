/// An op: its meaning, shape check, gradient rule, and the facts that everything else asks it for.
///
/// Each backend implements its kernel under the same file stem. Defaults for most facts stand in
/// `Operation+Facts.swift`; an op states what is otherwise with it.
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
  /// - Returns: one gradient per input; nil where the input has none.
  func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?]

  /// Runs or records the op on a backend. `outputs` holds nil where nobody reads the result.
  func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws

  // MARK: Work

  /// Multiplications and additions that the op needs, counted as two, without elementwise work.
  func flops(_ sizes: BatchSizes, inputs: [ValueShape]) -> Int

  /// Elements that the op reads and writes at the least: every operand and weight once, and every result that somebody
  /// reads.
  func elements(_ sizes: BatchSizes, inputs: [ValueShape], outputs: [ValueShape?]) -> Int

  /// The op as a profile tells it: several where it does the work of several.
  func parts(inputs: [ValueID], outputs: [ValueID?]) -> [Instruction]

  // MARK: Traits

  /// How the first output depends on the operands, all of them together.
  var linearity: Linearity { get }

  /// Whether an element of an output depends on the same element of the operands alone.
  var isElementwise: Bool { get }

  /// The matrix product that the op is; nil for every other op.
  var product: ProductTraits? { get }

  /// The same with float32 operands, whatever a backend's precision; for products alone.
  func keepingFloat32() -> any Operation

  /// Whether backends can write the first output in the precision of their products, for products to read.
  var writesFactors: Bool { get }

  /// What a product that makes one of the operands can do in the op's place; nil for an op that stands alone.
  var finish: ProductFinish? { get }

  /// The op with `finish` applied to its result, whose other operand, where it has one, becomes the last; nil where the
  /// op cannot do that.
  func finished(by finish: ProductFinish) -> (any Operation)?

  /// The rotations that backends keep a table of for the op.
  var rotation: RotaryEmbedding? { get }
}

extension Operation {
  public var parameters: [Parameter] { [] }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    throw TensorError(.notDifferentiable, "\(name) has no gradient")
  }

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
