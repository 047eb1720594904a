/// What computes Q | K | V of an attention: a linear layer, norms of heads and rotary positions, where these can be
/// told apart into queries, and keys and values.
struct AttentionProjection {
  /// Indices of these instructions, the linear layer's first, and of those that take keys and values out of the whole.
  let indices: [Int]
  private let attention: Attention
  private let context: ValueID?
  /// Rows [T x H] that the linear layer reads.
  private let rows: ValueID
  private let queries, keysValues: [any Operation]
  /// Outputs of instructions that took keys and values out of the whole [T x 2W].
  private let taken: [ValueID]

  /// - Parameters:
  ///   - readers: the instructions that read each value.
  ///   - whole: values that are wanted as they are.
  /// - Returns: nil where another op computes the operand, or somebody else reads it.
  init?(ofAttention index: Int, in plan: Plan, readers: [ValueID: [Int]], whole: Set<ValueID>) {
    let instruction = plan.instructions[index]
    guard let attention = instruction.operation as? Attention else { return nil }
    let width = plan.shape(of: instruction.inputs[0]).width / 3
    let producers = plan.producers()
    var (value, reader) = (instruction.inputs[0], index)
    var (indices, taken) = ([Int](), [ValueID]())
    var (queries, keysValues) = ([any Operation](), [any Operation]())
    repeat {
      for other in readers[value] ?? [] where other != reader {
        // Kept keys and values are those that attention reads.
        guard reader == index, (plan.instructions[other].operation as? Columns)?.range == width..<3 * width,
          let output = plan.instructions[other].outputs[0], readers[output] == nil
        else { return nil }
        indices.append(other)
        taken.append(output)
      }
      guard !whole.contains(value), let producer = producers[value],
        let (query, others) = Self.split(plan.instructions[producer], queries: width, in: plan)
      else { return nil }
      indices.insert(producer, at: 0)
      queries.insert(query, at: 0)
      keysValues.insert(others, at: 0)
      (value, reader) = (plan.instructions[producer].inputs[0], producer)
    } while !(queries[0] is Linear)
    (self.indices, self.attention, self.taken) = (indices, attention, taken)
    (self.queries, self.keysValues, rows, context) = (queries, keysValues, value, instruction.outputs[0])
  }

  /// Appends queries of the selected rows, keys and values of every row, and their attention.
  func apply(_ result: inout SelectedRows) throws {
    var query = try result.selected(rows)
    for operation in queries { query = try result.plan.apply(operation, [query])[0] }
    var others = result.renamed(rows)
    for operation in keysValues { others = try result.plan.apply(operation, [others])[0] }
    for value in taken { result.rename(value, others) }
    result.select(
      context,
      try result.plan.selectedRowAttention(
        query: query, keysValues: others, heads: attention.heads, scale: attention.scale, window: attention.window))
  }

  /// An op on Q | K | V as two: on Q of sequences, and on K | V of tokens.
  private static func split(
    _ instruction: Instruction, queries width: Int, in plan: Plan
  ) -> (queries: any Operation, keysValues: any Operation)? {
    guard instruction.inputs.count == 1 else { return nil }
    switch instruction.operation {
    case let rotary as Rotary where rotary.parts == .all:
      return (
        Rotary(embedding: rotary.embedding, parts: .query), Rotary(embedding: rotary.embedding, parts: [.key, .value])
      )
    case let norm as RMSNorm: return split(norm, queries: width)
    case let linear as Linear where linear.activation == nil:
      let total = linear.weight.shape[0]
      func half(_ parts: Range<Int>, _ rows: Range<Int>, _ extent: RowExtent) -> Linear? {
        guard let weight = linear.weight.parts(parts, of: 3, rows: rows) else { return nil }
        guard let bias = linear.bias else { return linear.of(weight: weight, bias: nil, rows: extent) }
        return bias.parts(parts, of: 3, rows: rows).map { linear.of(weight: weight, bias: $0, rows: extent) }
      }
      guard width < total, let queries = half(0..<1, 0..<width, .sequences),
        let keysValues = half(1..<3, width..<total, .tokens)
      else { return nil }
      return (queries, keysValues)
    default: return nil
    }
  }

  /// Norms of query and of key heads; γ is joined of a piece per head.
  private static func split(
    _ norm: RMSNorm, queries width: Int
  ) -> (queries: any Operation, keysValues: any Operation)? {
    let (size, count, gamma) = (norm.groups.size, norm.groups.count, norm.gamma)
    let own = width / max(1, size)
    guard own * size == width, own < count, gamma.pieces.count == count else { return nil }
    func part(_ heads: Range<Int>) -> RMSNorm {
      RMSNorm(
        gamma: Parameter(
          Array(gamma.pieces[heads]), shape: [heads.count * size], transform: gamma.transform),
        groups: NormGroups(count: heads.count, size: size), epsilon: norm.epsilon)
    }
    return (part(0..<own), part(own..<count))
  }
}
