extension Plan {
  /// The plan with attention of selected rows that does without keys and values, where those are a linear layer of the
  /// rows and nothing else.
  ///
  /// A score is q_h · (W_h x_j + b_h), with W and b those of the keys, which is (W_hᵀ q_h) · x_j and a number that every
  /// key of the head has alike, which softmax does not see. And as probabilities sum to 1, the context is the values'
  /// projection of the rows' mean by them. Two products over all tokens become four of one row per sequence and head
  /// (weight absorption, as multi-head latent attention does it to decode, arXiv 2405.04434).
  ///
  /// - Parameter excluded: rows whose keys and values are computed all the same.
  package func absorbingKeysValues(except excluded: ValueID? = nil) throws -> Plan {
    let (producers, uses) = (producers(), useCounts())
    var absorbed: [Int: (projection: Int, key: Linear, value: Linear)] = [:]
    for (index, instruction) in instructions.enumerated() where instruction.operation is SelectedRowAttention {
      guard uses[instruction.inputs[1]] == 1, let projection = producers[instruction.inputs[1]],
        let linear = instructions[projection].operation as? Linear, linear.activation == nil,
        instructions[projection].inputs[0] != excluded, let (key, value) = linear.keysAndValues
      else { continue }
      absorbed[index] = (projection, key, value)
    }
    let dropped = Set(absorbed.values.map(\.projection))
    var result = self
    result.instructions = []
    for (index, instruction) in instructions.enumerated() where !dropped.contains(index) {
      guard let (projection, key, value) = absorbed[index],
        let attention = instruction.operation as? SelectedRowAttention
      else {
        result.instructions.append(instruction)
        continue
      }
      let queries = try result.headProjection(
        instruction.inputs[0], weight: key.weight, heads: attention.heads, isTransposed: true)
      let means = try result.multiQueryAttention(
        queries: queries, rows: instructions[projection].inputs[0], heads: attention.heads, scale: attention.scale,
        window: attention.window)
      let context = HeadProjection(weight: value.weight, bias: value.bias, heads: attention.heads, isTransposed: false)
      // The context keeps its id, for what reads it.
      result.instructions.append(
        Instruction(operation: context, inputs: [means], outputs: [instruction.outputs[0]]))
    }
    return result
  }
}

extension Linear {
  /// A layer that gives K | V as one that gives K and one that gives V.
  fileprivate var keysAndValues: (key: Linear, value: Linear)? {
    let width = weight.shape[0] / 2
    func half(_ part: Int) -> Linear? {
      let rows = part * width..<(part + 1) * width
      guard let weight = weight.parts(part..<part + 1, of: 2, rows: rows) else { return nil }
      guard let bias else { return of(weight: weight, bias: nil, rows: self.rows) }
      return bias.parts(part..<part + 1, of: 2, rows: rows).map { of(weight: weight, bias: $0, rows: self.rows) }
    }
    guard let key = half(0), let value = half(1) else { return nil }
    return (key, value)
  }
}
