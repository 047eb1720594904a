import Glibc
import SalienceTensors

/// Zeroed floats on a cache-line boundary.
final class AlignedBuffer: @unchecked Sendable {
  // Unchecked: written by its owner before it is shared, read-only afterwards, or confined to one stream.
  let pointer: UnsafeMutablePointer<Float>
  let count: Int

  /// Bytes of a large page on x86-64 and of most ARM kernels.
  private static let hugePage = 2 << 20

  init(count: Int) throws {
    var raw: UnsafeMutableRawPointer?
    let bytes = max(1, count) * MemoryLayout<Float>.stride
    let isLarge = bytes >= Self.hugePage
    guard posix_memalign(&raw, isLarge ? Self.hugePage : 64, bytes) == 0, let raw else {
      throw TensorError(.backend, "out of memory: \(bytes) bytes")
    }
    if isLarge { madvise(raw, bytes / Self.hugePage * Self.hugePage, MADV_HUGEPAGE) }
    memset(raw, 0, bytes)
    pointer = raw.bindMemory(to: Float.self, capacity: max(1, count))
    self.count = count
  }

  convenience init(_ values: [Float]) throws {
    try self.init(count: values.count)
    values.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { pointer.update(from: base, count: values.count) }
    }
  }

  deinit { free(pointer) }
}
