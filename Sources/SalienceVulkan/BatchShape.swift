import SalienceTensors

/// What the sizes of dispatches follow from: the counts of one batch, or bounds on those of many batches.
struct BatchShape {
  /// T.
  let tokens: Int
  /// B.
  let sequences: Int
  /// Σ length² over the sequences, for the work of attention.
  let pairs: Int
  /// Rows of the largest tile of attention that wastes little on the ends of sequences.
  let tileRows: Int
  /// Tiles of attention a head, by `AttentionTile.rowChoices`.
  let tiles: [Int]

  /// The counts of a batch.
  init(_ batch: PackedBatch) {
    let lengths = batch.lengths
    (tokens, sequences) = (batch.tokenCount, batch.sequenceCount)
    pairs = lengths.reduce(0) { $0 + $1 * $1 }
    let tiles = AttentionTile.rowChoices.map { rows in lengths.reduce(0) { $0 + ($1 + rows - 1) / rows } }
    let costs = zip(tiles, AttentionTile.rowChoices).map { $0 * $1 }
    let least = costs.min() ?? 0
    tileRows = zip(AttentionTile.rowChoices, costs).first { 4 * $1 <= 5 * least }?.0 ?? AttentionTile.rowChoices[0]
    self.tiles = tiles
  }

  /// Bounds that the batch shares with others of about its size: a quarter of an octave of tokens, and an octave of
  /// sequences.
  init(bucketOf batch: BatchShape, capacity: MemoryPlan.Capacity) {
    var step = MemoryPlan.Capacity.blockRows
    while step * 8 < batch.tokens { step *= 2 }
    let tokens = min(capacity.tokens, (batch.tokens + step - 1) / step * step)
    var octave = 1
    while octave < batch.sequences { octave *= 2 }
    let sequences = min(capacity.sequences, octave)
    (self.tokens, self.sequences, tileRows) = (tokens, sequences, batch.tileRows)
    pairs = batch.pairs / max(1, batch.tokens) * tokens
    // A sequence has one partly filled tile at most.
    tiles = AttentionTile.rowChoices.map { tokens / $0 + sequences }
  }

  func rows(_ extent: RowExtent) -> Int { extent == .tokens ? tokens : sequences }

  /// Tiles of so many rows.
  func tileCount(rows: Int) -> Int { AttentionTile.rowChoices.firstIndex(of: rows).map { tiles[$0] } ?? 0 }
}
