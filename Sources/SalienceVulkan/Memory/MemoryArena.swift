import CVulkan
import Foundation

/// Part of a buffer, bound as one storage buffer: offset a multiple of the device's storage alignment.
struct BufferRange {
  let buffer: VkBuffer
  /// Bytes from the buffer's start.
  let offset: Int
  let size: Int
  /// Where the range lives only for a while; nil for tensors and weights.
  let lease: TransientLease?

  init(buffer: VkBuffer, offset: Int, size: Int, lease: TransientLease? = nil) {
    self.buffer = buffer
    self.offset = offset
    self.size = size
    self.lease = lease
  }

  /// Its first bytes.
  func prefix(_ bytes: Int) -> BufferRange {
    BufferRange(buffer: buffer, offset: offset, size: min(bytes, size), lease: lease)
  }
}

/// Few big blocks, from which pieces are taken first-fit and given back.
final class MemoryArena: @unchecked Sendable {
  // Unchecked: `blocks` is touched under `lock` only.
  private final class Block {
    let memory: MemoryBlock
    /// In ascending order, no two adjacent.
    var free: [Range<Int>]

    init(_ memory: MemoryBlock) {
      self.memory = memory
      free = [0..<memory.size]
    }

    var isUnused: Bool { free == [0..<memory.size] }
  }

  /// A piece of a block; the last owner to let go gives it back.
  final class Piece: @unchecked Sendable {
    // Unchecked: immutable.
    let memory: MemoryBlock
    let range: Range<Int>
    private let arena: MemoryArena

    fileprivate init(_ memory: MemoryBlock, _ range: Range<Int>, of arena: MemoryArena) {
      self.memory = memory
      self.range = range
      self.arena = arena
    }

    deinit { arena.giveBack(range, of: memory) }

    /// The host's view of the piece; nil for the device's own memory.
    var mapped: UnsafeMutableRawPointer? { memory.mapped.map { $0 + range.lowerBound } }
  }

  let device: VulkanDevice
  let use: MemoryUse
  private let alignment: Int
  private let lock = NSLock()
  private var blocks: [Block] = []

  init(_ device: VulkanDevice, use: MemoryUse) {
    self.device = device
    self.use = use
    // 256 is the most that a device may ask for as storage alignment.
    alignment = max(256, device.limits.storageAlignment)
  }

  /// Takes a piece of at least `bytes` bytes, on a boundary that suits any binding.
  ///
  /// - Throws: `VulkanError` with code `capacity` or one of the out-of-memory codes.
  func take(bytes: Int) throws -> Piece {
    let size = (max(bytes, 4) + alignment - 1) / alignment * alignment
    return try lock.withLock {
      for block in blocks { if let piece = cut(size, from: block) { return piece } }
      let block = try add(size)
      guard let piece = cut(size, from: block) else { throw VulkanError(.failed, "a new block has no room") }
      return piece
    }
  }

  /// Bytes of all blocks.
  var capacity: Int { lock.withLock { blocks.reduce(0) { $0 + $1.memory.size } } }

  private func add(_ size: Int) throws -> Block {
    let usual = min(use.blockSize, device.limits.maxAllocation / alignment * alignment)
    do {
      let block = Block(try MemoryBlock(device, bytes: max(size, usual), use: use))
      blocks.append(block)
      return block
    } catch let error as VulkanError where error.isShortOfMemory {
      // Unused blocks were too small for this piece; what they hold may be what is missing.
      guard size < usual || blocks.contains(where: \.isUnused) else { throw error }
      blocks.removeAll(where: \.isUnused)
      let block = Block(try MemoryBlock(device, bytes: size, use: use))
      blocks.append(block)
      return block
    }
  }

  private func cut(_ size: Int, from block: Block) -> Piece? {
    guard let index = block.free.firstIndex(where: { $0.count >= size }) else { return nil }
    let range = block.free[index].prefix(size)
    let rest = range.endIndex..<block.free[index].upperBound
    if rest.isEmpty { block.free.remove(at: index) } else { block.free[index] = rest }
    return Piece(block.memory, range.startIndex..<range.endIndex, of: self)
  }

  private func giveBack(_ range: Range<Int>, of memory: MemoryBlock) {
    lock.withLock {
      guard let block = blocks.first(where: { $0.memory === memory }) else { return }
      let index = block.free.firstIndex { $0.lowerBound >= range.upperBound } ?? block.free.endIndex
      var joined = range
      var replaced = index..<index
      if index < block.free.endIndex, block.free[index].lowerBound == range.upperBound {
        joined = joined.lowerBound..<block.free[index].upperBound
        replaced = index..<index + 1
      }
      if index > 0, block.free[index - 1].upperBound == range.lowerBound {
        joined = block.free[index - 1].lowerBound..<joined.upperBound
        replaced = index - 1..<replaced.upperBound
      }
      block.free.replaceSubrange(replaced, with: [joined])
      // Blocks of the usual size stay for the next request; larger ones were made for one and go.
      if block.isUnused, memory.size > use.blockSize { blocks.removeAll { $0 === block } }
    }
  }
}

extension BufferRange {
  /// The whole of a piece, or its beginning.
  init(_ piece: MemoryArena.Piece, size: Int? = nil, lease: TransientLease? = nil) {
    self.init(
      buffer: piece.memory.buffer, offset: piece.range.lowerBound, size: size ?? piece.range.count, lease: lease)
  }
}

/// The arenas of one device.
struct VulkanMemory: Sendable {
  let device: MemoryArena
  let upload: MemoryArena
  let readBack: MemoryArena

  init(_ vulkan: VulkanDevice) {
    device = MemoryArena(vulkan, use: .device)
    upload = MemoryArena(vulkan, use: .upload)
    readBack = MemoryArena(vulkan, use: .readBack)
  }
}
