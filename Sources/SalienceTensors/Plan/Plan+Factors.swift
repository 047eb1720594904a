extension Plan {
  /// Values that no op but a matrix product with rounded operands reads, and products or gradients of attention make.
  ///
  /// - Parameter exposed: values that are read or written from outside, beside inputs and outputs.
  package func factors(exposed: [ValueID]) -> Set<ValueID> {
    var result = Set<ValueID>()
    for instruction in instructions where instruction.operation.writesFactors {
      if let output = instruction.outputs[0] { result.insert(output) }
    }
    for instruction in instructions {
      let isRounded = instruction.operation.product?.isRounded ?? false
      // The operand of an epilogue is not a factor.
      result.subtract(isRounded ? instruction.inputs[1...] : instruction.inputs[...])
    }
    return result.subtracting(inputs + outputs + exposed)
  }
}
