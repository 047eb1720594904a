/// Exact widening of stored elements to float32; `source` need not be aligned.
enum FloatWidening {
  /// Turns elements as the file stores them, little-endian, into the machine's own.
  static func float32(inPlace values: UnsafeMutableBufferPointer<Float>) {
    #if _endian(big)
      for index in values.indices { values[index] = Float(bitPattern: values[index].bitPattern.byteSwapped) }
    #endif
  }

  static func bfloat16(_ source: UnsafeRawBufferPointer, into destination: UnsafeMutableBufferPointer<Float>) {
    for index in destination.indices {
      let bits = source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
      destination[index] = Float(bitPattern: UInt32(UInt16(littleEndian: bits)) << 16)
    }
  }

  static func float16(_ source: UnsafeRawBufferPointer, into destination: UnsafeMutableBufferPointer<Float>) {
    for index in destination.indices {
      let bits = source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
      destination[index] = widened(half: UInt16(littleEndian: bits))
    }
  }

  /// IEEE 754 binary16 to binary32, on integers: it needs no F16C and does not mind a thread that flushes subnormals.
  private static func widened(half: UInt16) -> Float {
    let sign = UInt32(half & 0x8000) << 16
    let magnitude = UInt32(half & 0x7FFF)
    let shifted = magnitude << 13
    // Subnormal halves are whole multiples of 2^-24, which are normal numbers of binary32.
    let subnormal = (Float(magnitude) * 0x1p-24).bitPattern
    let normal = shifted + (112 << 23)
    let special = shifted | 0x7F80_0000
    let bits = magnitude < 0x0400 ? subnormal : magnitude < 0x7C00 ? normal : special
    return Float(bitPattern: sign | bits)
  }
}
