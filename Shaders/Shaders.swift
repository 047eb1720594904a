/// The compute shaders of `Shaders/`, compiled to SPIR-V when this module was built, and those of
/// `Shaders/matrix_units/`, whose SPIR-V is part of the sources.
public enum Shaders {
  /// The names of all shaders, each its file's name without `.comp`, in byte order.
  public static var stems: [String] { embeddedShaders.map(\.stem) }

  /// The SPIR-V module of the shader with this stem; nil where there is no such shader.
  ///
  /// The words are little-endian and aligned for `vkCreateShaderModule`; the memory is never freed or changed.
  public static func words(_ stem: String) -> UnsafeRawBufferPointer? { modules[stem] }

  // Written once, before anyone can read it.
  private nonisolated(unsafe) static let modules = Dictionary(
    embeddedShaders.map { ($0.stem, decode($0.scalars)) }, uniquingKeysWith: { first, _ in first })

  /// Undoes the embedding: each scalar, all below 256, stands for a byte.
  private static func decode(_ scalars: StaticString) -> UnsafeRawBufferPointer {
    scalars.withUTF8Buffer { utf8 in
      let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: utf8.count, alignment: 4)
      var count = 0
      var index = 0
      while index < utf8.count {
        if utf8[index] < 0x80 {
          bytes[count] = utf8[index]
          index += 1
        } else {
          // Two bytes of UTF-8: 0b1100_00xx 0b10xx_xxxx.
          bytes[count] = utf8[index] << 6 | utf8[index + 1] & 0x3F
          index += 2
        }
        count += 1
      }
      return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[..<count])
    }
  }
}
