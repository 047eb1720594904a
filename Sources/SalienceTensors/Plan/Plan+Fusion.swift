extension Plan {
  /// Folds activations into the matrix product that makes their operand, where nobody else reads it: the operand then
  /// needs no memory.
  ///
  /// - Parameter limit: instructions from here on stay as they are.
  /// - Returns: how many instructions are gone.
  mutating func foldActivations(before limit: Int = .max) -> Int {
    let (producers, uses) = (producers(), useCounts())
    var dropped = Set<Int>()
    for index in instructions.indices.prefix(limit) {
      let instruction = instructions[index]
      guard let activation = instruction.operation as? Activation, uses[instruction.inputs[0]] == 1,
        let producer = producers[instruction.inputs[0]],
        var product = instructions[producer].operation as? Linear, product.activation == nil
      else { continue }
      product.activation = activation.function
      instructions[index] = Instruction(
        operation: product, inputs: instructions[producer].inputs, outputs: instruction.outputs)
      dropped.insert(producer)
    }
    instructions = instructions.enumerated().filter { !dropped.contains($0.offset) }.map(\.element)
    return dropped.count
  }

  /// The plan with its activations folded into products.
  func fused() -> Plan {
    var result = self
    _ = result.foldActivations()
    return result
  }
}

extension DifferentiatedPlan {
  /// Folds sums and products of gradients into the matrix product that makes one of their sides.
  ///
  /// A product that nobody else reads moves down to the place of the `Add` or `Multiply` and takes its other side
  /// as the operand of its epilogue, which saves a pass over memory each. Activations of the forward pass fold too.
  func fused() -> DifferentiatedPlan {
    var result = self
    result.backwardStart -= result.plan.foldActivations(before: backwardStart)
    var index = result.backwardStart
    while index < result.plan.instructions.count {
      if let (producer, replacement) = result.fusion(at: index) {
        result.plan.instructions[index] = replacement
        result.plan.instructions.remove(at: producer)
      } else {
        index += 1
      }
    }
    return result
  }

  private func fusion(at index: Int) -> (producer: Int, replacement: Instruction)? {
    let instruction = plan.instructions[index]
    let epilogue: Epilogue
    switch instruction.operation {
    case is Add: epilogue = .add
    case is Multiply: epilogue = .multiply
    default: return nil
    }
    let producers = plan.producers()
    let uses = plan.useCounts()
    for (side, other) in [(0, 1), (1, 0)] {
      guard let producer = producers[instruction.inputs[side]], producer >= backwardStart,
        uses[instruction.inputs[side]] == 1,
        var product = plan.instructions[producer].operation as? LinearInputGradient, product.epilogue == .none
      else { continue }
      product.epilogue = epilogue
      let inputs = [plan.instructions[producer].inputs[0], instruction.inputs[other]]
      return (producer, Instruction(operation: product, inputs: inputs, outputs: instruction.outputs))
    }
    return nil
  }
}
