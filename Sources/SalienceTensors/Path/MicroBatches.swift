/// Cuts a row of sequences into runs that fit a capacity, in order.
struct MicroBatches: Sequence, IteratorProtocol {
  private let lengths: [Int]
  private let capacity: MemoryPlan.Capacity
  private let together: Int
  private var position = 0

  /// - Parameter together: how many sequences, one after another and of one length, stay in a run.
  /// - Throws: `TensorError` with code `capacity` where one sequence alone, or those together, are too long, and with
  ///   code `shape` where those together are not of one length.
  init(lengths: [Int], capacity: MemoryPlan.Capacity, together: Int = 1) throws {
    let isWhole = lengths.count % together == 0
    guard isWhole, lengths.indices.allSatisfy({ lengths[$0] == lengths[$0 - $0 % together] }) else {
      throw TensorError(.shape, "\(lengths) are not \(together) sequences of one length after another")
    }
    self.together = together
    if let longest = lengths.max(), longest * together > capacity.tokens {
      throw TensorError(.capacity, "a sequence of \(longest) tokens exceeds the capacity of \(capacity.tokens)")
    }
    self.lengths = lengths
    self.capacity = capacity
  }

  mutating func next() -> Range<Int>? {
    guard position < lengths.count else { return nil }
    let start = position
    var tokens = 0
    while position < lengths.count, position - start + together <= capacity.sequences,
      tokens + together * lengths[position] <= capacity.tokens
    {
      tokens += together * lengths[position]
      position += together
    }
    return start..<position
  }
}
