import SalienceTensors

/// Tables of the current batch in the device's memory, 32-bit unsigned each: what a command buffer that is replayed
/// reads of a batch.
///
/// A table is written when a batch first asks for it, and stays where it is until a batch needs a longer one.
final class BatchTables {
  enum Table: Hashable {
    /// T, B, then the tiles of attention by `AttentionTile.rowChoices`.
    case counts
    /// B + 1 token offsets.
    case offsets
    /// The token row that each sequence selects [B].
    case selectedRows
    /// The sequence that each token belongs to [T].
    case sequences
    /// 1 for a token that a softmax over tokens takes in, 0 for another [T].
    case candidates
    /// Token ids, positions or types [T].
    case indices(IndexInput)
    /// Cosines and sines by position, as floats' bits, for as many positions as batches have had.
    case rotations(RotaryEmbedding)
    /// First token, length and first row inside the sequence of each tile of attention.
    case tiles(rows: Int)
  }

  /// Counts the times that a table moved: what was recorded before holds old places.
  private(set) var moves = 0
  /// The tables that the batch asked for.
  private(set) var current = Set<Table>()
  private let recorder: CommandRecorder
  private var pieces: [Table: MemoryArena.Piece] = [:]
  /// Positions that tables of rotations hold; unlike other tables they stay as they are.
  private var positions: [RotaryEmbedding: Int] = [:]
  private var batch = PackedBatch()
  private var counts: [Int] = []

  init(_ recorder: CommandRecorder) { self.recorder = recorder }

  func begin(_ batch: PackedBatch, _ shape: BatchShape) {
    self.batch = batch
    counts = [shape.tokens, shape.sequences] + shape.tiles
    current.removeAll(keepingCapacity: true)
  }

  /// Where a table lies, with the current batch's values for commands recorded from now on.
  func range(_ table: Table) throws -> BufferRange {
    if current.contains(table), let piece = pieces[table] { return BufferRange(piece) }
    if case .rotations(let embedding) = table, let piece = pieces[table] {
      let needed = try RotaryEmbedding.capacity(for: batch.positionIDs)
      if positions[embedding, default: 0] >= needed {
        current.insert(table)
        return BufferRange(piece)
      }
    }
    let words = try words(table)
    let bytes = words.count * MemoryLayout<UInt32>.stride
    let piece: MemoryArena.Piece
    if let known = pieces[table], known.range.count >= bytes {
      piece = known
    } else {
      var size = Self.smallest
      while size < bytes { size *= 2 }
      piece = try recorder.memory.device.take(bytes: size)
      if let known = pieces.updateValue(piece, forKey: table) {
        recorder.keep(known)
        moves += 1
      }
    }
    try recorder.write(words, to: BufferRange(piece))
    current.insert(table)
    if case .rotations(let embedding) = table {
      positions[embedding] = words.count / max(1, 2 * embedding.frequencies.count)
    }
    return BufferRange(piece)
  }

  /// Entry of the counts that a kernel over rows of an extent reads.
  static func entry(_ extent: RowExtent) -> UInt32 { extent == .tokens ? 0 : 1 }

  /// Entry of the counts that a kernel over tiles of so many rows reads.
  static func entry(tileRows: Int) -> UInt32 { 2 + UInt32(AttentionTile.rowChoices.firstIndex(of: tileRows) ?? 0) }

  private static let smallest = 1024

  private func words(_ table: Table) throws -> [UInt32] {
    switch table {
    case .counts: counts.map { UInt32($0) }
    case .offsets: batch.offsets.map { UInt32($0) }
    case .selectedRows: batch.selectedRows.map { UInt32($0) }
    case .sequences: batch.lengths.enumerated().flatMap { Array(repeating: UInt32($0), count: $1) }
    case .candidates: batch.candidates.map { $0 ? 1 : 0 }
    case .indices(let input): batch.indices(input).map { UInt32(bitPattern: $0) }
    case .rotations(let embedding):
      try embedding.rotations(0..<RotaryEmbedding.capacity(for: batch.positionIDs)).map(\.bitPattern)
    case .tiles(let rows):
      zip(batch.offsets, batch.lengths).flatMap { start, length in
        stride(from: 0, to: length, by: rows).flatMap { [UInt32(start), UInt32(length), UInt32($0)] }
      }
    }
  }
}
