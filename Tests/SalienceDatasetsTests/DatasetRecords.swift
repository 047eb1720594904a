import CZlib
import CZstd
import SalienceDatasets

/// Every record of a dataset, then the error that ended it.
func readAll(_ reader: DatasetReader) -> (records: [DatasetRecord], error: DatasetError?) {
  var records: [DatasetRecord] = []
  do {
    while let record = try reader.next() { records.append(record) }
    return (records, nil)
  } catch {
    return (records, error as? DatasetError)
  }
}

extension DatasetRecord {
  var example: Example? { if case .example(let example, _) = self { example } else { nil } }
  var bad: BadRow? { if case .bad(let row) = self { row } else { nil } }
  var row: Int64 { example?.row ?? bad?.row ?? -1 }
  var location: RecordLocation {
    switch self {
    case .example(_, let location): location
    case .bad(let row): row.location
    }
  }
}

/// One gzip member.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var state = z_stream()
  let size = Int32(MemoryLayout<z_stream>.size)
  guard deflateInit2_(&state, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK else { return [] }
  defer { deflateEnd(&state) }
  var input = bytes
  var output = [UInt8](repeating: 0, count: Int(deflateBound(&state, UInt(bytes.count))) + 64)
  let count = input.withUnsafeMutableBufferPointer { source in
    output.withUnsafeMutableBufferPointer { destination in
      state.next_in = source.baseAddress
      state.avail_in = UInt32(source.count)
      state.next_out = destination.baseAddress
      state.avail_out = UInt32(destination.count)
      return deflate(&state, Z_FINISH) == Z_STREAM_END ? destination.count - Int(state.avail_out) : 0
    }
  }
  return Array(output[..<count])
}

/// One Zstandard frame.
func zstandard(_ bytes: [UInt8]) -> [UInt8] {
  var output = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
  let count = ZSTD_compress(&output, output.count, bytes, bytes.count, 3)
  return ZSTD_isError(count) == 0 ? Array(output[..<count]) : []
}

/// A small seeded generator (SplitMix64, Steele, Lea and Flood 2014).
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
