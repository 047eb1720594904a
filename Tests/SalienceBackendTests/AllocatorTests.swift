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
      free(malloc(size))
      let before = try Self.residentBytes()
      var small: [UnsafeMutableRawPointer] = []
      var large: [UnsafeMutableRawPointer] = []
      for _ in 0..<count {
        let block = try #require(malloc(size))
        // Touched, so that it is resident.
        memset(block, 1, size)
        large.append(block)
        small.append(try #require(malloc(64)))
      }
      let peak = try Self.residentBytes()
      large.forEach { free($0) }
      let after = try Self.residentBytes()
      small.forEach { free($0) }
      // The rest is room for the tests that run beside this one.
      #expect(peak - after > size * count / 2, "of \(peak - before) bytes only \(peak - after) came back")
    }

    private static func residentBytes() throws -> Int {
      let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
      return try #require(Int(fields[1])) * sysconf(Int32(_SC_PAGESIZE))
    }
  }
#endif
