/// A safetensors file of any header and data, sound or not.
func safetensors(_ header: String, data: Int = 0) -> [UInt8] {
  safetensors(header, data: [UInt8](repeating: 0, count: data))
}

func safetensors(_ header: String, data: [UInt8]) -> [UInt8] {
  littleEndian(UInt64(header.utf8.count)) + Array(header.utf8) + data
}

func littleEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
  (0..<T.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> T($0 * 8)) }
}
