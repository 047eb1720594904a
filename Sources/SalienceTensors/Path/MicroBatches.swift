/// Cuts a row of sequences into runs that fit a capacity, in order.
struct MicroBatches: Sequence, IteratorProtocol {
  private let lengths: [Int]
  private let capacity: MemoryPlan.Capacity
  private var position = 0

  /// - Throws: `TensorError` with code `capacity` where one sequence alone is too long.
  init(lengths: [Int], capacity: MemoryPlan.Capacity) throws {
    if let longest = lengths.max(), longest > capacity.tokens {
      throw TensorError(.capacity, "a sequence of \(longest) tokens exceeds the capacity of \(capacity.tokens)")
    }
    self.lengths = lengths
    self.capacity = capacity
  }

  mutating func next() -> Range<Int>? {
    guard position < lengths.count else { return nil }
    let start = position
    var tokens = 0
    while position < lengths.count, position - start < capacity.sequences, tokens + lengths[position] <= capacity.tokens
    {
      tokens += lengths[position]
      position += 1
    }
    return start..<position
  }
}
