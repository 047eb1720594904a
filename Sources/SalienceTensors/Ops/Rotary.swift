/// Query and key heads rotated by their row's position, key and value heads repeated until there are as many as of
/// queries: [R x (A + 2K) D] -> [R x 3 A D] where the rows hold all three.
///
/// A row of a sequence has the position of the token that the sequence selects.
public struct Rotary: Operation {
  public let embedding: RotaryEmbedding
  public let parts: HeadParts

  public var name: String { "rotary" }
  public var linearity: Linearity { .linear }
  public var rotation: RotaryEmbedding? { embedding }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 1...1)
    let e = embedding
    guard e.keyHeads > 0, e.heads > 0, e.heads % e.keyHeads == 0, e.headSize > 0, !parts.isEmpty,
      2 * e.frequencies.count <= e.headSize, inputs[0].width == inputWidth
    else {
      throw TensorError(
        .shape, "rotary with \(e.heads) heads, \(e.keyHeads) of keys, \(e.headSize) wide, does not take \(inputs[0])")
    }
    return [ValueShape(inputs[0].rows, outputWidth)]
  }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    [try plan.apply(RotaryGradient(forward: self), [gradient])[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.rotary(inputs[0], embedding, parts: parts, output: primary(outputs))
  }

  /// Both matrices, and a cosine and a sine per pair of columns of each row.
  public func elements(_ sizes: BatchSizes, inputs: [ValueShape], outputs: [ValueShape?]) -> Int {
    sizes.rows(inputs[0].rows) * (inputWidth + outputWidth + 2 * embedding.frequencies.count)
  }

  var outputWidth: Int { parts.count * embedding.heads * embedding.headSize }

  var inputWidth: Int {
    let queries = parts.contains(.query) ? 1 : 0
    return (queries * embedding.heads + (parts.count - queries) * embedding.keyHeads) * embedding.headSize
  }
}

/// Gradient of `Rotary`: rotated back, and summed over the heads that one was repeated for.
public struct RotaryGradient: Operation {
  public let forward: Rotary

  public var name: String { "rotary_backward" }
  public var linearity: Linearity { .linear }
  public var rotation: RotaryEmbedding? { forward.embedding }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 1...1)
    guard inputs[0].width == forward.outputWidth else {
      throw TensorError(.shape, "rotary_backward does not take \(inputs[0])")
    }
    return [ValueShape(inputs[0].rows, forward.inputWidth)]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.rotaryGradient(inputs[0], forward.embedding, parts: forward.parts, output: primary(outputs))
  }

  public func elements(_ sizes: BatchSizes, inputs: [ValueShape], outputs: [ValueShape?]) -> Int {
    forward.elements(sizes, inputs: inputs, outputs: outputs)
  }
}

public protocol RotaryKernels {
  func rotary(_ x: Handle, _ embedding: RotaryEmbedding, parts: HeadParts, output: Handle) throws
  func rotaryGradient(_ gradient: Handle, _ embedding: RotaryEmbedding, parts: HeadParts, output: Handle) throws
}

extension Plan {
  /// Rotates query and key heads, and repeats key and value heads.
  ///
  /// - Parameter parts: what the rows hold: Q | K | V, or some of them in this order.
  public mutating func rotary(
    _ x: ValueID, _ embedding: RotaryEmbedding, parts: HeadParts = .all
  ) throws -> ValueID {
    try apply(Rotary(embedding: embedding, parts: parts), [x])[0]
  }
}
