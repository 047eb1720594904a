/// One op of a plan with its operands.
public struct Instruction: Sendable {
  public internal(set) var operation: any Operation
  public var inputs: [ValueID]
  /// nil where nobody reads the output, so that a backend need not compute it.
  public var outputs: [ValueID?]
}

/// A static list of coarse ops over symbolic sizes, in static single assignment.
///
/// A model emits one; slicing, differentiation, fusion and memory planning are passes over it.
public struct Plan: Sendable {
  /// Shape of every value, by `ValueID.index`.
  public internal(set) var shapes: [ValueShape] = []
  public internal(set) var instructions: [Instruction] = []
  /// Values that the caller fills before the first instruction.
  public internal(set) var inputs: [ValueID] = []
  /// Values that stay readable after the last instruction.
  public internal(set) var outputs: [ValueID] = []

  public init() {}

  public func shape(of value: ValueID) -> ValueShape { shapes[value.index] }

  /// The weights that the plan reads, each once, in order of first use.
  public var parameters: [Parameter] {
    var seen = Set<Parameter>()
    return instructions.flatMap(\.operation.parameters).filter { seen.insert($0).inserted }
  }

  /// FLOPs of the plan's matrix products over sequences of these lengths.
  ///
  /// - Parameter range: some of the instructions; all of them by default.
  public func flops(lengths: [Int], of range: Range<Int>? = nil) -> Int {
    let sizes = BatchSizes(lengths: lengths)
    return instructions[range ?? instructions.indices].reduce(0) {
      $0 + $1.operation.flops(sizes, inputs: $1.inputs.map(shape(of:)))
    }
  }

  /// Declares a value that the caller fills.
  public mutating func input(_ shape: ValueShape) -> ValueID {
    let value = define(shape)
    inputs.append(value)
    return value
  }

  /// Marks values as results.
  public mutating func result(_ values: ValueID...) { outputs += values }

  /// Appends an op after checking the shapes of its operands.
  ///
  /// - Returns: one value per output of the op.
  /// - Throws: `TensorError` with code `shape`.
  public mutating func apply(_ operation: any Operation, _ inputs: [ValueID]) throws -> [ValueID] {
    let outputs = try operation.outputShapes(inputs.map(shape(of:))).map { define($0) }
    instructions.append(Instruction(operation: operation, inputs: inputs, outputs: outputs))
    return outputs
  }

  mutating func define(_ shape: ValueShape) -> ValueID {
    shapes.append(shape)
    return ValueID(shapes.count - 1)
  }

  /// The instruction that defines each value.
  func producers() -> [ValueID: Int] {
    var result: [ValueID: Int] = [:]
    for (index, instruction) in instructions.enumerated() {
      for output in instruction.outputs { if let output { result[output] = index } }
    }
    return result
  }

  /// How often each value is read, counting results as one reading.
  func useCounts() -> [ValueID: Int] {
    var result: [ValueID: Int] = [:]
    for value in instructions.flatMap(\.inputs) + outputs { result[value, default: 0] += 1 }
    return result
  }
}
