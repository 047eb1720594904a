extension Plan {
  /// The plan with the last `SelectedRow` as early as it can stand: no other row of the last layer is computed after
  /// keys and values, or, where attention cannot tell queries from those, after attention.
  ///
  /// The selection moves up through ops that work row by row to the attention before them, which then answers the
  /// selected rows alone. Where it reaches no attention nothing changes, for little would be saved.
  ///
  /// - Parameter kept: values whose every row is wanted, beside the plan's outputs.
  /// - Returns: a plan whose values keep their ids where they keep their rows.
  package func selectingRows(keeping kept: [ValueID]) throws -> Plan {
    guard let selection = RowSelection(in: self, keeping: kept) else { return self }
    return try selection.applied(to: self)
  }
}

/// The instructions of which one row per sequence is read.
private struct RowSelection {
  /// Index of the `SelectedRow`.
  let selection: Int
  /// Indices of the ops that work row by row.
  let rowWise: Set<Int>
  /// Index of the attention before them.
  let attention: Int
  /// How its operand is computed for queries apart from keys and values; nil where it cannot be.
  let projection: AttentionProjection?

  /// - Returns: nil where the rows that are read are not those of an attention.
  init?(in plan: Plan, keeping kept: [ValueID]) {
    guard let selection = plan.instructions.lastIndex(where: { $0.operation is SelectedRow }) else { return nil }
    let readers = plan.readers()
    let whole = Set(kept + plan.outputs)
    var (rowWise, found) = (Set<Int>(), Int?.none)
    for index in (0..<selection).reversed() where found == nil {
      let instruction = plan.instructions[index]
      guard let first = instruction.outputs.first, let output = first, !whole.contains(output),
        let own = readers[output], own.allSatisfy({ $0 == selection || rowWise.contains($0) })
      else { continue }
      switch instruction.operation {
      case is any RowWiseOperation: rowWise.insert(index)
      case is Attention, is DisentangledAttention: found = index
      default: break
      }
    }
    guard let attention = found else { return nil }
    (self.selection, self.rowWise, self.attention) = (selection, rowWise, attention)
    projection = AttentionProjection(ofAttention: attention, in: plan, readers: readers, whole: whole)
  }

  func applied(to plan: Plan) throws -> Plan {
    var rows = SelectedRows(plan)
    let operand = plan.instructions[attention].inputs[0]
    let projected = projection?.indices ?? []
    // The rows that attention itself starts from are selected before it, all others after it.
    let start = plan.instructions[..<attention].firstIndex { $0.outputs.contains(operand) }
    for (index, instruction) in plan.instructions.enumerated() {
      if index == attention {
        if let projection { try projection.apply(&rows) } else { rows.append(instruction) }
        for input in inputs(of: plan) { _ = try rows.selected(input) }
      } else if index == selection {
        rows.rename(instruction.outputs[0], try rows.selected(instruction.inputs[0]))
      } else if rowWise.contains(index), let operation = instruction.operation as? any RowWiseOperation {
        let inputs = try instruction.inputs.map { try rows.selected($0) }
        rows.select(instruction.outputs[0], try rows.plan.apply(operation.over(.sequences), inputs)[0])
      } else if !projected.contains(index) {
        if index == start, let x = instruction.inputs.first, inputs(of: plan).contains(x) { _ = try rows.selected(x) }
        rows.append(instruction)
      }
    }
    rows.plan.outputs = plan.outputs.map { rows.renamed($0) }
    return rows.plan
  }

  /// What the ops that work row by row, and the selection itself, read of what has all its rows, in order.
  private func inputs(of plan: Plan) -> [ValueID] {
    let readers = rowWise.sorted() + [selection]
    let own = Set(rowWise.compactMap { plan.instructions[$0].outputs[0] })
    return readers.flatMap { plan.instructions[$0].inputs }.filter { !own.contains($0) }
  }
}

/// A plan as it is made anew, with the selected rows of some values.
struct SelectedRows {
  var plan: Plan
  private var selected: [ValueID: ValueID] = [:]
  private var names: [ValueID: ValueID] = [:]

  init(_ original: Plan) {
    plan = original
    plan.instructions = []
  }

  /// Says which value holds the selected rows of another.
  mutating func select(_ value: ValueID?, _ rows: ValueID) {
    if let value { selected[value] = rows }
  }

  /// The selected rows of a value: known ones, or selected here.
  mutating func selected(_ value: ValueID) throws -> ValueID {
    if let known = selected[value] { return known }
    let rows = try plan.selectedRow(renamed(value))
    selected[value] = rows
    return rows
  }

  /// Says which value stands in for another.
  mutating func rename(_ value: ValueID?, _ other: ValueID) {
    if let value { names[value] = other }
  }

  func renamed(_ value: ValueID) -> ValueID { names[value] ?? value }

  /// Takes an instruction over as it is.
  mutating func append(_ instruction: Instruction) {
    var own = instruction
    own.inputs = own.inputs.map(renamed)
    plan.instructions.append(own)
  }
}

extension Plan {
  /// The instructions that read each value.
  func readers() -> [ValueID: [Int]] {
    var result: [ValueID: [Int]] = [:]
    for (index, instruction) in instructions.enumerated() {
      for input in instruction.inputs { result[input, default: []].append(index) }
    }
    return result
  }
}
