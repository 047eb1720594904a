import CZlib
import CZstd

/// How pages are compressed.
public enum Compression: String, Sendable, CaseIterable {
  /// Pages as they are.
  case none
  /// Zstandard at level 3.
  case zstd

  /// `CompressionCodec` in parquet.thrift.
  var codec: Int32 {
    switch self {
    case .none: 0
    case .zstd: 6
    }
  }

  init(codec: Int32) throws(ParquetError) {
    switch codec {
    case 0: self = .none
    case 6: self = .zstd
    default: throw ParquetError(.unsupported, "compression codec \(codec) is not read, only none (0) and zstd (6)")
    }
  }
}

/// Compresses pages one after the other with one set of working memory.
final class PageCompressor {
  private let compression: Compression
  private let context: OpaquePointer?
  private static let level: Int32 = 3

  init(_ compression: Compression) {
    self.compression = compression
    context = compression == .zstd ? ZSTD_createCCtx() : nil
  }

  deinit {
    ZSTD_freeCCtx(context)
  }

  func compress(_ page: [UInt8]) throws(ParquetError) -> [UInt8] {
    guard compression == .zstd else { return page }
    guard let context else { throw ParquetError(.cannotWrite, "zstd has no memory") }
    var status = 0
    let bound = ZSTD_compressBound(page.count)
    let output = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
      status = page.withUnsafeBytes { input in
        ZSTD_compressCCtx(context, buffer.baseAddress, bound, input.baseAddress, input.count, Self.level)
      }
      count = ZSTD_isError(status) == 0 ? status : 0
    }
    guard ZSTD_isError(status) == 0 else {
      throw ParquetError(.cannotWrite, "zstd failed: \(String(cString: ZSTD_getErrorName(status)))")
    }
    return output
  }
}

extension Compression {
  /// The most that a zstd frame can grow: a block of at most 128 KiB takes at least 4 bytes, plus the frame's own.
  private static let largestRatio = 1 << 15

  /// Undoes the compression of a page that must become exactly `size` bytes long.
  func decompress(_ page: ArraySlice<UInt8>, size: Int) throws(ParquetError) -> ArraySlice<UInt8> {
    switch self {
    case .none:
      guard page.count == size else { throw ParquetError(.corrupt, "an uncompressed page has two different sizes") }
      return page
    case .zstd:
      // Memory is claimed only for what the compressed bytes themselves announce and can hold.
      guard size <= page.count * Self.largestRatio else {
        throw ParquetError(.corrupt, "a page of \(page.count) bytes cannot unpack to \(size)")
      }
      let announced = page.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
      guard announced == UInt64(size) else {
        throw ParquetError(.corrupt, "a page's zstd frame and its header disagree about its size")
      }
      var status = 0
      let output = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        status = page.withUnsafeBytes { ZSTD_decompress(buffer.baseAddress, size, $0.baseAddress, $0.count) }
        count = ZSTD_isError(status) == 0 ? status : 0
      }
      guard ZSTD_isError(status) == 0 else {
        throw ParquetError(.corrupt, "a page does not unpack: \(String(cString: ZSTD_getErrorName(status)))")
      }
      guard output.count == size else {
        throw ParquetError(.corrupt, "a page unpacks to another size than its header says")
      }
      return output[...]
    }
  }
}

/// The CRC-32 of a page as stored in its header: zlib's polynomial, over the bytes after the header.
func pageChecksum(_ page: ArraySlice<UInt8>) -> Int32 {
  page.withUnsafeBytes { buffer in
    let checksum = crc32_z(0, buffer.bindMemory(to: UInt8.self).baseAddress, buffer.count)
    return Int32(bitPattern: UInt32(truncatingIfNeeded: checksum))
  }
}
