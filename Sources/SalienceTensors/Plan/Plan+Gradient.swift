/// A plan followed by its own gradient.
public struct DifferentiatedPlan: Sendable {
  public internal(set) var plan: Plan
  /// Instructions before this index are the forward pass; the rest may run again for each cotangent.
  public internal(set) var backwardStart: Int
  /// Input: d(target) / d(output), shaped like the plan's output.
  public let cotangent: ValueID
  /// Result: d(target) / d(input), shaped like the plan's input, or towards another value, shaped like that.
  public let inputGradient: ValueID
  /// Results: d(target) / d(value) of other values that were asked for, shaped like them.
  public let readGradients: [ValueID]
}

extension Plan {
  /// Appends the gradient of the only output towards the only input, and nothing else: weights are constants, and
  /// values that do not depend on the input get no gradient.
  ///
  /// - Parameters:
  ///   - rule: how gradients pass each op.
  ///   - value: towards which value in place of the input.
  ///   - read: values on the way whose gradients are results too.
  ///   - kept: values that are results too.
  /// - Throws: `TensorError` with code `notDifferentiable`.
  public func differentiated(
    by rule: any GradientRule = ExactGradient(), towards value: ValueID? = nil, reading read: [ValueID] = [],
    keeping kept: [ValueID] = []
  ) throws -> DifferentiatedPlan {
    guard inputs.count == 1, outputs.count == 1 else {
      throw TensorError(.notDifferentiable, "only a plan of one input and one output can be differentiated")
    }
    var plan = self
    let origin = value ?? inputs[0]
    let dependent = plan.valuesDepending(on: origin)
    guard dependent.contains(outputs[0]) else {
      throw TensorError(.notDifferentiable, "the output does not depend on the attribution layer")
    }
    let backwardStart = plan.instructions.count
    let cotangent = plan.input(plan.shape(of: outputs[0]))
    var gradients: [ValueID: ValueID] = [outputs[0]: cotangent]
    for instruction in instructions.reversed() {
      guard let output = instruction.outputs[0], dependent.contains(output), let gradient = gradients[output]
      else { continue }
      let contributions = try rule.gradients(of: instruction, from: gradient, in: &plan)
      for (input, contribution) in zip(instruction.inputs, contributions) {
        guard let contribution, dependent.contains(input) else { continue }
        gradients[input] = try gradients[input].map { try plan.add(contribution, $0) } ?? contribution
      }
    }
    guard let inputGradient = gradients[origin] else {
      throw TensorError(.notDifferentiable, "no gradient reaches the attribution layer")
    }
    let readGradients = try read.map { value in
      guard let gradient = gradients[value] else {
        throw TensorError(.notDifferentiable, "the output does not depend on a value whose gradient is asked for")
      }
      return gradient
    }
    plan.outputs += [inputGradient] + readGradients + kept
    return DifferentiatedPlan(
      plan: plan, backwardStart: backwardStart, cotangent: cotangent, inputGradient: inputGradient,
      readGradients: readGradients
    ).withoutDeadInstructions().fused()
  }

  private func valuesDepending(on input: ValueID) -> Set<ValueID> {
    var result: Set<ValueID> = [input]
    for instruction in instructions where instruction.inputs.contains(where: result.contains) {
      for output in instruction.outputs { if let output { result.insert(output) } }
    }
    return result
  }
}

extension DifferentiatedPlan {
  /// Drops ops whose results nobody reads, such as gradients of operands that do not depend on the input.
  func withoutDeadInstructions() -> DifferentiatedPlan {
    var uses = plan.useCounts()
    var kept: [Bool] = Array(repeating: true, count: plan.instructions.count)
    for (index, instruction) in plan.instructions.enumerated().reversed()
    where instruction.outputs.allSatisfy({ $0.map { uses[$0, default: 0] == 0 } ?? true }) {
      kept[index] = false
      for input in instruction.inputs { uses[input, default: 0] -= 1 }
    }
    var result = self
    result.plan.instructions = zip(plan.instructions, kept).filter(\.1).map(\.0)
    result.backwardStart = kept.prefix(backwardStart).filter { $0 }.count
    result.plan = result.plan.pruned()
    return result
  }
}
