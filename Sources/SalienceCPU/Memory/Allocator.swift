import Foundation
import SalienceKernelsC

/// How the C library's allocator, which serves the whole process, treats memory that was freed.
///
/// glibc gives each thread a pool of its own, up to eight a processor, and keeps what is freed in the middle of one.
/// Rows are read, scored and written by different threads, so what one pool handed out is freed while another grows:
/// over 100,000 rows 16 to 28 MiB were in use at any time, while the free memory in the pools went from 23 to 44 MiB.
public enum Allocator {
  /// From this size a block is mapped for itself, and unmapped when it is freed.
  ///
  /// By itself glibc raises this size to that of the largest block ever freed, so that large buffers come to lie in
  /// the pools and break them up. Over 30,000 rows the process grew with 1 MiB, but not with 256 KiB.
  private static let mappedBytes: Int32 = 256 << 10

  /// Limits what stays behind when memory is freed.
  ///
  /// For a program to call once, before it starts threads: pools that are there stay. A pool for eight processors is
  /// little contention, since kernels take nearly all the time.
  ///
  /// - Returns: false where the C library has no such settings.
  @discardableResult public static func limitFreedMemory() -> Bool {
    let pools = 1 + Int32(ProcessInfo.processInfo.activeProcessorCount / 8)
    return salience_limit_freed_memory(pools, mappedBytes) == 1
  }

  /// Gives free pages in all pools back to the system, in a few milliseconds.
  public static func releaseFreedMemory() { salience_release_freed_memory() }
}
