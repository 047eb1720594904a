extension Plan {
  /// Folds activations into the matrix product that makes their operand, where nobody else reads it: the operand then
  /// needs no memory.
  ///
  /// Ops say themselves what they can be folded into: see `Operation.finish` and `Operation.finished(by:)`.
  ///
  /// - Parameter limit: instructions from here on stay as they are.
  /// - Returns: how many instructions are gone.
  mutating func foldActivations(before limit: Int = .max) -> Int {
    let (producers, uses) = (producers(), useCounts())
    var dropped = Set<Int>()
    for index in instructions.indices.prefix(limit) {
      let instruction = instructions[index]
      guard let finish = instruction.operation.finish, case .activation = finish, uses[instruction.inputs[0]] == 1,
        let producer = producers[instruction.inputs[0]],
        let product = instructions[producer].operation.finished(by: finish)
      else { continue }
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
    guard let finish = instruction.operation.finish, case .epilogue = finish else { return nil }
    let producers = plan.producers()
    let uses = plan.useCounts()
    for (side, other) in [(0, 1), (1, 0)] {
      guard let producer = producers[instruction.inputs[side]], producer >= backwardStart,
        uses[instruction.inputs[side]] == 1,
        let product = plan.instructions[producer].operation.finished(by: finish)
      else { continue }
      let inputs = [plan.instructions[producer].inputs[0], instruction.inputs[other]]
      return (producer, Instruction(operation: product, inputs: inputs, outputs: instruction.outputs))
    }
    return nil
  }
}
