/// Where every value of a plan lies in one arena, for batches up to a capacity.
public struct MemoryPlan: Sendable {
  /// Most tokens (T) and sequences (B) of a batch.
  public struct Capacity: Sendable, Hashable {
    public let tokens: Int
    public let sequences: Int

    /// Rounds up to whole blocks of rows, so that a backend may compute a block's unused rows in place.
    public init(tokens: Int, sequences: Int) {
      self.tokens = Self.rounded(tokens)
      self.sequences = Self.rounded(sequences)
    }

    /// Rows of a block.
    public static let blockRows = 16

    /// The least whole number of blocks that holds `rows`, in rows.
    public static func rounded(_ rows: Int) -> Int { (rows + blockRows - 1) / blockRows * blockRows }

    func rows(_ extent: RowExtent) -> Int { extent == .tokens ? tokens : sequences }
  }

  /// Element offset of each value by `ValueID.index`; nil for values that the plan no longer has.
  public let offsets: [Int?]
  /// Elements of the arena.
  public let count: Int

  /// Assigns offsets first-fit over the values' lifetimes.
  ///
  /// - Parameter keptBefore: values defined before this instruction and read after it live to the end, because the
  ///   instructions from there on may run several times over the same forward pass.
  public init(_ plan: Plan, capacity: Capacity, keptBefore: Int = 0) {
    let lifetimes = Self.lifetimes(plan, keptBefore: keptBefore)
    var offsets = [Int?](repeating: nil, count: plan.shapes.count)
    var live: [(range: Range<Int>, end: Int)] = []
    var count = 0
    for (value, lifetime) in lifetimes {
      live.removeAll { $0.end < lifetime.start }
      let shape = plan.shape(of: value)
      let size = Self.aligned(capacity.rows(shape.rows) * shape.width)
      var offset = 0
      for other in live.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
        if offset + size <= other.range.lowerBound { break }
        offset = max(offset, other.range.upperBound)
      }
      offsets[value.index] = offset
      live.append((offset..<offset + size, lifetime.end))
      count = max(count, offset + size)
    }
    self.offsets = offsets
    self.count = count
  }

  /// First and last instruction of each value, in order of definition; inputs begin before the first instruction.
  private static func lifetimes(_ plan: Plan, keptBefore: Int) -> [(ValueID, (start: Int, end: Int))] {
    var order: [ValueID] = []
    var spans: [ValueID: (start: Int, end: Int)] = [:]
    func define(_ value: ValueID, at index: Int) {
      order.append(value)
      spans[value] = (index, index)
    }
    let last = plan.instructions.count
    for input in plan.inputs { define(input, at: -1) }
    for (index, instruction) in plan.instructions.enumerated() {
      for input in instruction.inputs {
        guard let span = spans[input] else { continue }
        let kept = index >= keptBefore && span.start < keptBefore && keptBefore > 0
        spans[input] = (span.start, max(span.end, kept ? last : index))
      }
      for output in instruction.outputs { if let output { define(output, at: index) } }
    }
    for value in plan.outputs { if let span = spans[value] { spans[value] = (span.start, last) } }
    return order.compactMap { value in spans[value].map { (value, $0) } }
  }

  /// Elements that every offset is a multiple of: 256 bytes are the most that Vulkan lets a device ask of a storage
  /// buffer's offset (`minStorageBufferOffsetAlignment`), and whole cache lines for the CPU's vector loads.
  public static let alignment = 64

  private static func aligned(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }
}
