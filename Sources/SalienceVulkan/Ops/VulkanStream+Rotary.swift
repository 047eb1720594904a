import SalienceTensors

extension VulkanStream: RotaryKernels {
  func rotary(_ x: Handle, _ embedding: RotaryEmbedding, parts: HeadParts, output: Handle) throws {
    try recordRotary("rotary", x, embedding, parts, output: output)
  }

  func rotaryGradient(
    _ gradient: Handle, _ embedding: RotaryEmbedding, parts: HeadParts, output: Handle
  ) throws {
    try recordRotary("rotary_backward", gradient, embedding, parts, output: output)
  }

  private func recordRotary(
    _ stem: String, _ x: Handle, _ embedding: RotaryEmbedding, _ parts: HeadParts, output: Handle
  ) throws {
    let ((rows, width, extent), inputWidth) = (try size(output), try size(x).width)
    let half = embedding.frequencies.count
    let wholes = [inputWidth, embedding.headSize, half]
    let unit = RowUnits(width: width, parts: wholes).size
    let positions = try tables.range(.indices(.positionIDs))
    try recordRows(
      stem,
      constants: [parts.contains(.query), parts.contains(.key), parts.contains(.value), extent == .sequences]
        .map { $0 ? 1 : 0 },
      [
        range(x), positions, extent == .sequences ? tables.range(.selectedRows) : positions,
        tables.range(.rotations(embedding)), range(output),
      ],
      rows: .all(extent), width: width, parts: wholes,
      more: [inputWidth / unit, embedding.headSize / unit, half / unit, embedding.heads, embedding.keyHeads]
        .map { UInt32($0) },
      elements: elements(x, output) + 2 * rows * half)
  }
}
