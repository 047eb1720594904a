import SalienceTensors

/// What the sizes of dispatches follow from: the counts of one batch, or bounds on those of many batches.
struct BatchShape {
  /// T.
  let tokens: Int
  /// B.
  let sequences: Int
  /// Tokens of each sequence, or of each of one batch where the shape bounds many.
  private let lengths: [Int]
  /// Rows of the largest tile of attention that wastes little on the ends of sequences.
  let tileRows: Int
  /// Tiles of attention a head, by `AttentionTile.rowChoices`.
  let tiles: [Int]

  /// The counts of a batch.
  init(_ batch: PackedBatch) {
    let lengths = batch.lengths
    (tokens, sequences) = (batch.tokenCount, batch.sequenceCount)
    self.lengths = lengths
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
    lengths = batch.lengths
    // A sequence has one partly filled tile at most.
    tiles = AttentionTile.rowChoices.map { tokens / $0 + sequences }
  }

  func rows(_ extent: RowExtent) -> Int { extent == .tokens ? tokens : sequences }

  /// Pairs of a query and a key that a window shows, for the work of attention; about so many where this is a bound.
  func pairs(_ window: AttentionWindow) -> Int { scaled(lengths.reduce(0) { $0 + window.pairs(length: $1) }) }

  /// The most keys that one row of each sequence sees.
  func keysOfRows(_ window: AttentionWindow) -> Int {
    scaled(lengths.reduce(0) { $0 + window.mostKeys(length: $1) })
  }

  /// What the lengths came to, for as many tokens as the shape has.
  private func scaled(_ sum: Int) -> Int {
    let own = lengths.reduce(0, +)
    return own == tokens ? sum : Int(Double(sum) / Double(max(1, own)) * Double(tokens))
  }

  /// Tiles of so many rows.
  func tileCount(rows: Int) -> Int { AttentionTile.rowChoices.firstIndex(of: rows).map { tiles[$0] } ?? 0 }
}
