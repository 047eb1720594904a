import CVulkan

/// Structures of features or properties, each pointing to the one before: what `pNext` takes.
final class FeatureChain {
  private(set) var head: UnsafeMutableRawPointer?
  private var structures: [UnsafeMutableRawPointer] = []

  /// - Parameter tail: what the chain ends with; outlives it.
  init(tail: UnsafeMutableRawPointer? = nil) { head = tail }

  deinit {
    for structure in structures { structure.deallocate() }
  }

  /// Puts a copy at the chain's head.
  ///
  /// - Parameter structure: one that begins with `sType` and `pNext`.
  /// - Returns: the copy, which lives as long as the chain.
  func add<Structure>(_ structure: Structure) -> UnsafeMutablePointer<Structure> {
    let copy = UnsafeMutablePointer<Structure>.allocate(capacity: 1)
    copy.initialize(to: structure)
    let raw = UnsafeMutableRawPointer(copy)
    let next = head?.assumingMemoryBound(to: VkBaseOutStructure.self)
    raw.assumingMemoryBound(to: VkBaseOutStructure.self).pointee.pNext = next
    structures.append(raw)
    head = raw
    return copy
  }
}
