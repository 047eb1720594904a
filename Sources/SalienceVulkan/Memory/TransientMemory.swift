/// How long a transient range may be used: until its memory begins again from the front.
final class TransientLease {
  /// The last submission that uses a range of this lease.
  fileprivate(set) var lastUse: UInt64 = 0
  fileprivate(set) var hasEnded = false

  /// - Throws: `VulkanError` where the memory has been given to somebody else.
  func use(by submission: UInt64) throws {
    guard !hasEnded else { throw VulkanError(.failed, "a transient range was used after its submissions had run") }
    lastUse = max(lastUse, submission)
  }
}

/// Memory handed out front to back and taken back all at once.
final class TransientMemory {
  private let arena: MemoryArena
  private var pieces: [MemoryArena.Piece] = []
  private var used = 0
  private(set) var lease = TransientLease()

  init(_ arena: MemoryArena) { self.arena = arena }

  /// The last submission that uses any range handed out.
  var lastUse: UInt64 { lease.lastUse }

  /// Hands out a range, and the host's view of it where the arena has one.
  ///
  /// - Throws: `VulkanError` where memory runs out.
  func take(bytes: Int) throws -> (range: BufferRange, mapped: UnsafeMutableRawPointer?) {
    let alignment = max(256, arena.device.limits.storageAlignment)
    let size = (max(bytes, 4) + alignment - 1) / alignment * alignment
    if pieces.last.map({ used + size > $0.range.count }) ?? true {
      // Growing by half of what there is keeps the number of pieces small.
      let held = pieces.reduce(0) { $0 + $1.range.count }
      pieces.append(try arena.take(bytes: max(size, held / 2, Self.smallest)))
      used = 0
    }
    guard let piece = pieces.last else { throw VulkanError(.failed, "no transient memory") }
    let start = used
    used += size
    let range = BufferRange(
      buffer: piece.memory.buffer, offset: piece.range.lowerBound + start, size: max(bytes, 4), lease: lease)
    return (range, piece.mapped.map { $0 + start })
  }

  /// Takes everything back; the caller has waited for `lastUse`.
  func reset() {
    lease.hasEnded = true
    lease = TransientLease()
    // The largest piece alone serves the next round where it is large enough, as it is after a few.
    if pieces.count > 1, let largest = pieces.max(by: { $0.range.count < $1.range.count }) { pieces = [largest] }
    used = 0
  }

  private static let smallest = 64 << 10
}
