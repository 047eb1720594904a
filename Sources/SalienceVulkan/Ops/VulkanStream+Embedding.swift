import SalienceTensors

extension VulkanStream: EmbeddingKernels {
  func embedding(_ terms: [EmbeddingTerm], output: Handle) throws {
    try check(terms)
    lookups? += terms
    // The largest table comes first, because the first is the one that may be bound in parts.
    let ordered = terms.sorted { $0.table.count > $1.table.count }
    for start in stride(from: 0, to: ordered.count, by: Self.termsOfDispatch) {
      try gather(
        Array(ordered[start..<min(start + Self.termsOfDispatch, ordered.count)]), adding: start > 0, to: output)
    }
  }

  private static let termsOfDispatch = 3

  private func gather(_ terms: [EmbeddingTerm], adding: Bool, to output: Handle) throws {
    let (rows, width, extent) = try size(output)
    func padded(_ ranges: [BufferRange]) -> [BufferRange] {
      (0..<Self.termsOfDispatch).map { ranges[min($0, ranges.count - 1)] }
    }
    let indices = try padded(terms.map { try tables.range(.indices($0.index)) })
    var sources = try terms.map { try parameters.range($0.table) }
    let table = sources[0]
    let entries = terms[0].table.shape[0]
    let window = windowRows(width: width)
    for first in stride(from: 0, to: entries, by: window) {
      let end = min(first + window, entries)
      sources[0] = BufferRange(
        buffer: table.buffer, offset: table.offset + first * width * MemoryLayout<Float>.stride,
        size: (end - first) * width * MemoryLayout<Float>.stride, lease: table.lease)
      try recordRows(
        "embedding", constants: [UInt32(terms.count), adding ? 1 : 0],
        indices + padded(sources) + [range(output)], rows: .all(extent), width: width,
        more: [UInt32(first), UInt32(end)],
        // The rows that the tokens name, once a term, whatever the tables hold beside.
        elements: (terms.count + 1) * rows * width + terms.count * rows)
    }
  }

  /// Rows of a table that one binding may span; a multiple of 64, so that a window begins on a multiple of 256 bytes.
  private func windowRows(width: Int) -> Int {
    max(64, limits.maxStorageRange / (width * MemoryLayout<Float>.stride) / 64 * 64)
  }
}
