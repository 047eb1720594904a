/// Swift source text that holds SPIR-V.
///
/// Each byte is written as the Unicode scalar of the same number, so that a shader is one string literal: the Swift
/// compiler needs over a second for an array literal of ten thousand numbers, and next to nothing for a string.
enum SwiftEmbedding {
  /// Declares the shader's bytes, in little-endian words, as a constant named after its stem.
  static func declaration(stem: String, words: [UInt32]) -> String {
    var literal: [UInt8] = []
    literal.reserveCapacity(words.count * 6)
    for word in words {
      for shift in stride(from: 0, to: 32, by: 8) { append(UInt8(truncatingIfNeeded: word >> shift), to: &literal) }
    }
    return """
      // Made from \(stem).comp by SalienceShaderCompiler.
      let \(constant(stem)): StaticString = "\(String(decoding: literal, as: UTF8.self))"

      """
  }

  /// Declares the list of every shader's stem and constant.
  static func index(stems: [String]) -> String {
    let entries = stems.map { "  (\"\($0)\", \(constant($0))),\n" }.joined()
    return """
      // Made by SalienceShaderCompiler.
      let embeddedShaders: [(stem: String, scalars: StaticString)] = [
      \(entries)]

      """
  }

  /// Whether a file's stem can be part of a Swift name.
  static func isUsable(stem: String) -> Bool {
    stem.wholeMatch(of: #/[a-z][a-z0-9_]*/#) != nil
  }

  private static func constant(_ stem: String) -> String { "spirv_\(stem)" }

  private static func append(_ byte: UInt8, to literal: inout [UInt8]) {
    switch byte {
    case 0: literal += "\\0".utf8
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): literal += [UInt8(ascii: "\\"), byte]
    case 1..<0x20, 0x7F: literal += "\\u{\(String(byte, radix: 16))}".utf8
    default: literal += String(Unicode.Scalar(byte)).utf8
    }
  }
}
