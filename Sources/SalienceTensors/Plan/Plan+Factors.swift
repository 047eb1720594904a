extension Plan {
  /// Values that no op but a matrix product with rounded operands reads, and products or gradients of attention make.
  ///
  /// - Parameter exposed: values that are read or written from outside, beside inputs and outputs.
  package func factors(exposed: [ValueID]) -> Set<ValueID> {
    var result = Set<ValueID>()
    for instruction in instructions where Self.isProduct(instruction) || instruction.operation is AttentionGradient {
      if let output = instruction.outputs[0] { result.insert(output) }
    }
    for instruction in instructions {
      // The operand of an epilogue is not a factor.
      result.subtract(Self.isRounded(instruction) ? instruction.inputs[1...] : instruction.inputs[...])
    }
    return result.subtracting(inputs + outputs + exposed)
  }

  private static func isRounded(_ instruction: Instruction) -> Bool {
    (instruction.operation as? Linear)?.isRounded ?? (instruction.operation as? LinearInputGradient)?.isRounded ?? false
  }

  private static func isProduct(_ instruction: Instruction) -> Bool {
    instruction.operation is Linear || instruction.operation is LinearInputGradient
  }
}
