import SalienceKernelsC
import SalienceTensors

extension CPUStream: RotaryKernels {
  func rotary(_ x: Handle, _ embedding: RotaryEmbedding, parts: HeadParts, output: Handle) throws {
    let (input, target) = (try pointer(x), try pointer(output))
    var heads = salience_rotary_heads(embedding, parts)
    let (positions, table) = try rotations(embedding, rowsOf: output)
    salience_rotary(input, table, positions, &heads, positions.count, target)
  }

  func rotaryGradient(
    _ gradient: Handle, _ embedding: RotaryEmbedding, parts: HeadParts, output: Handle
  ) throws {
    let (dy, target) = (try pointer(gradient), try pointer(output))
    var heads = salience_rotary_heads(embedding, parts)
    let (positions, table) = try rotations(embedding, rowsOf: output)
    salience_rotary_backward(dy, table, positions, &heads, positions.count, target)
  }

  /// The position of each row, and a table of rotations that holds them all.
  private func rotations(
    _ embedding: RotaryEmbedding, rowsOf handle: Handle
  ) throws -> ([Int32], UnsafeMutablePointer<Float>) {
    guard let extent = try view(handle).shape?.rows else { throw TensorError(.backend, "an allocation has no rows") }
    let positions = batch.positions(extent)
    let capacity = try RotaryEmbedding.capacity(for: positions)
    if let known = rotationTables[embedding], known.count >= capacity * 2 * embedding.frequencies.count {
      return (positions, known.pointer)
    }
    let table = try AlignedBuffer(embedding.rotations(0..<capacity))
    rotationTables[embedding] = table
    return (positions, table.pointer)
  }
}

extension salience_rotary_heads {
  fileprivate init(_ embedding: RotaryEmbedding, _ parts: HeadParts) {
    self.init(
      queries: embedding.heads, keys: embedding.keyHeads, size: embedding.headSize,
      rotated: 2 * embedding.frequencies.count, has_query: parts.contains(.query) ? 1 : 0,
      has_key: parts.contains(.key) ? 1 : 0, has_value: parts.contains(.value) ? 1 : 0)
  }
}
