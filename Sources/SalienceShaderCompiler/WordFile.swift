import Foundation

/// SPIR-V as text: words of eight hexadecimal digits, any number per line, and lines of remarks that begin with `#`.
///
/// Holds what the glslang of this build cannot compile. It is not validated here, for the SPIRV-Tools of this build
/// know its extensions as little; it was when it was made.
struct WordFile {
  let words: [UInt32]

  /// - Throws: `ShaderCompilerError` where the file cannot be read or is not SPIR-V in this form, with the line.
  init(path: String) throws {
    guard let data = try? Data(contentsOf: URL(filePath: path)) else {
      throw ShaderCompilerError(.file, "the file cannot be read", path: path)
    }
    var words: [UInt32] = []
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.hasPrefix("#") {
      for word in line.split(separator: " ") {
        guard word.utf8.count == 8, word.allSatisfy(\.isHexDigit), let value = UInt32(word, radix: 16) else {
          throw ShaderCompilerError(.shader, "'\(word)' is no word in hexadecimal", path: path, line: index + 1)
        }
        words.append(value)
      }
    }
    // The magic number and the five words of the header: SPIR-V specification, 2.3.
    guard words.count > 5, words[0] == 0x0723_0203 else {
      throw ShaderCompilerError(.shader, "this is no SPIR-V module", path: path)
    }
    self.words = words
  }
}
