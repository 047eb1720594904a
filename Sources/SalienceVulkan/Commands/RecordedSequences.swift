import SalienceTensors

/// What a stream has recorded for its batches, by what it does and for batches of which size.
struct RecordedSequences {
  struct Key: Hashable {
    /// The allocation whose views the ops work on.
    let arena: Handle
    /// Which of the plans whose values lie there.
    let plan: Int
    /// Instructions of the plan.
    let part: Range<Int>
    let tokens: Int
    let sequences: Int
    let tileRows: Int
  }

  struct Entry {
    let commands: CommandSequence
    let tables: Set<BatchTables.Table>
    /// See `BatchTables.moves`.
    let moves: Int
    /// Tables that a batch's ids select rows of.
    let lookups: [EmbeddingTerm]
    fileprivate var lastUse = 0

    init(commands: CommandSequence, tables: Set<BatchTables.Table>, moves: Int, lookups: [EmbeddingTerm]) {
      self.commands = commands
      self.tables = tables
      self.moves = moves
      self.lookups = lookups
    }
  }

  /// Two parts of a plan in every bucket that batches of a run fall into, and some.
  private static let capacity = 64

  private var entries: [Key: Entry] = [:]
  private var uses = 0

  /// - Parameter moves: of the tables by now; what was recorded before the last move is of no use.
  mutating func entry(_ key: Key, moves: Int) -> Entry? {
    guard entries[key]?.moves == moves else { return nil }
    uses += 1
    entries[key]?.lastUse = uses
    return entries[key]
  }

  mutating func add(_ entry: Entry, _ key: Key) {
    if entries.count >= Self.capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })?.key {
      entries[oldest] = nil
    }
    uses += 1
    entries[key] = entry
    entries[key]?.lastUse = uses
  }

  mutating func remove(arena: Handle) { entries = entries.filter { $0.key.arena != arena } }
}
