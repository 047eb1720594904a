import Foundation
import SalienceCPU
import Testing

#if canImport(Glibc)
  import Glibc

  @Suite struct AllocatorTests {
    /// By itself glibc raises its threshold with the first large block that is freed; the next ones then lie between
    /// small ones in a pool, where they stay resident after they are freed.
    @Test func largeBlocksGoBackToTheSystem() throws {
      #expect(Allocator.limitFreedMemory())
      let (size, count) = (300 << 10, 400)
      let first = try #require(malloc(size))
      #expect(!Self.isUnmapped(first))
      free(first)
      var small: [UnsafeMutableRawPointer] = []
      var large: [UnsafeMutableRawPointer] = []
      for _ in 0..<count {
        large.append(try #require(malloc(size)))
        small.append(try #require(malloc(64)))
      }
      #expect(large.allSatisfy { !Self.isUnmapped($0 + size / 2) })
      large.forEach { free($0) }
      let unmapped = large.count { Self.isUnmapped($0 + size / 2) }
      small.forEach { free($0) }
      // The rest is room for the tests that run beside this one, which may be given the same addresses.
      #expect(unmapped > count / 2, "of \(count) blocks only \(unmapped) came back")
    }

    /// Whether the address belongs to nothing that the process has mapped.
    private static func isUnmapped(_ address: UnsafeMutableRawPointer) -> Bool {
      let page = Int(sysconf(Int32(_SC_PAGESIZE)))
      let start = UnsafeMutableRawPointer(bitPattern: UInt(bitPattern: address) / UInt(page) * UInt(page))
      var resident: UInt8 = 0
      return mincore(start, page, &resident) == -1 && errno == ENOMEM
    }
  }
#endif
