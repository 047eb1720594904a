/// Runs a decoder on one stream of kernels, a sequence at a time.
///
/// Confined to the thread that owns `kernels`.
package final class DecoderExecutor {
  /// Most tokens of a sequence, generated ones included.
  package let capacity: Int
  private let program: DecoderProgram
  private let kernels: any Kernels
  /// nil where kernels are not timed.
  private let profile: ProfileCollector?
  private let prefill: PlanRun
  private let step: PlanRun
  /// Instructions of `step` up to each layer's new row, and those after the last.
  private let parts: [Range<Int>]

  /// - Parameter profile: takes the time of every kernel, where calls return when the work is done.
  package init(
    _ program: DecoderProgram, tokenCapacity: Int, on kernels: any Kernels, profile: ProfileCollector? = nil
  ) throws {
    self.program = program
    self.kernels = kernels
    self.profile = profile
    let rows = MemoryPlan.Capacity(tokens: tokenCapacity, sequences: 1)
    capacity = rows.tokens
    prefill = try PlanRun(program.prefill, capacity: rows, on: kernels, profile: profile)
    step = try PlanRun(program.step, capacity: rows, on: kernels, profile: profile)
    let producers = program.step.producers()
    var (parts, start) = ([Range<Int>](), 0)
    for layer in program.layers {
      guard let producer = producers[layer.row], producer >= start else {
        throw TensorError(.shape, "a decoder's layers are not in order")
      }
      parts.append(start..<producer + 1)
      start = producer + 1
    }
    self.parts = parts + [start..<program.step.instructions.count]
  }

  /// See `PreparedModel.generate`.
  package func generate(_ request: GenerationRequest) throws -> [[Int32]] {
    try request.prompts.indices.map { prompt in
      try generate(after: request.prompts[prompt], limit: request.limits[prompt], endTokens: request.endTokens) {
        request.choose(prompt, $0, $1)
      }
    }
  }

  private func generate(
    after prompt: TokenSequence, limit: Int, endTokens: Set<Int32>,
    choose: (_ step: Int, _ logits: [Float]) -> Int32?
  ) throws -> [Int32] {
    guard prompt.count > 0 else { throw TensorError(.shape, "a prompt has no tokens") }
    guard limit > 0 else { return [] }
    guard prompt.count + limit - 1 <= capacity else {
      throw TensorError(
        .capacity, "a sequence of \(prompt.count + limit - 1) tokens exceeds the capacity of \(capacity)")
    }
    var sequence = prompt
    sequence.selectedRow = prompt.count - 1
    var generated: [Int32] = []
    while let token = choose(generated.count, try logits(of: sequence, isPrompt: generated.isEmpty)) {
      generated.append(token)
      if generated.count == limit || endTokens.contains(token) { break }
      sequence.append(token)
    }
    return generated
  }

  /// Logits [V] after a sequence's last token; keys and values of its tokens are kept.
  private func logits(of sequence: TokenSequence, isPrompt: Bool) throws -> [Float] {
    try kernels.begin(PackedBatch([sequence]))
    if isPrompt {
      try prefill.run()
      let flags = [Bool](repeating: false, count: sequence.count)
      for (layer, kept) in zip(program.layers, program.prefill.outputs.dropFirst()) {
        try store(prefill.handle(kept), flags, as: layer, at: 0)
      }
      return try kernels.read(prefill.handle(program.prefill.outputs[0]), count: program.vocabularySize)
    }
    for (layer, part) in zip(program.layers, parts) {
      try step.run(part)
      try store(step.handle(layer.row), [false], as: layer, at: sequence.selectedRow)
    }
    if let last = parts.last { try step.run(last) }
    return try kernels.read(step.handle(program.step.outputs[0]), count: program.vocabularySize)
  }

  /// Keeps keys and values of a layer, one flag per row, from `row` on.
  private func store(_ value: Handle, _ flags: [Bool], as layer: DecoderProgram.Layer, at row: Int) throws {
    let width = program.step.shape(of: layer.rows).width
    try Storing(value, zeroed: flags, into: step.handle(layer.rows), at: row, width: width)
      .run(on: kernels, profile: profile)
  }
}

extension TokenSequence {
  /// Adds a token after the last one and selects its row.
  package mutating func append(_ token: Int32) {
    wordIDs.append(token)
    positionIDs.append((positionIDs.last ?? -1) + 1)
    typeIDs.append(typeIDs.last ?? 0)
    selectedRow = wordIDs.count - 1
  }
}
