extension Plan {
  /// The part of the plan that computes `targets` once `cut` is given: `cut` becomes the inputs.
  ///
  /// Outputs that nobody reads any more are dropped, so a forward-only slice saves nothing for backward.
  ///
  /// - Parameter keepingAll: keep secondary outputs, which a gradient may still want.
  public func slice(from cut: [ValueID], to targets: [ValueID], keepingAll: Bool = false) throws -> Plan {
    let producers = producers()
    var needed = Set<Int>()
    var pending = targets.filter { !cut.contains($0) }
    while let value = pending.popLast() {
      guard let index = producers[value] else {
        throw TensorError(.shape, "\(value) depends on an input that the slice does not have")
      }
      guard needed.insert(index).inserted else { continue }
      pending += instructions[index].inputs.filter { !cut.contains($0) }
    }
    var result = Plan()
    var renamed: [ValueID: ValueID] = [:]
    for value in cut { renamed[value] = result.input(shape(of: value)) }
    for index in needed.sorted() {
      var instruction = instructions[index]
      instruction.inputs = try instruction.inputs.map { try Self.lookup($0, in: renamed) }
      instruction.outputs = instruction.outputs.map { output in
        output.map { value in
          let new = result.define(shape(of: value))
          renamed[value] = new
          return new
        }
      }
      result.instructions.append(instruction)
    }
    result.outputs = try targets.map { try Self.lookup($0, in: renamed) }
    return keepingAll ? result : result.pruned()
  }

  /// Marks the outputs that nobody reads as absent.
  func pruned() -> Plan {
    let uses = useCounts()
    var result = self
    for index in result.instructions.indices {
      let outputs = result.instructions[index].outputs
      result.instructions[index].outputs = outputs.enumerated().map { position, output in
        position == 0 || output.map { uses[$0] != nil } ?? false ? output : nil
      }
    }
    return result
  }

  private static func lookup(_ value: ValueID, in renamed: [ValueID: ValueID]) throws -> ValueID {
    guard let new = renamed[value] else { throw TensorError(.shape, "\(value) is not part of the slice") }
    return new
  }
}
