import Foundation

/// Compiles the compute shaders of this package while it is built; `Plugins/CompileShaders` runs it.
@main
struct SalienceShaderCompiler {
  static let help = """
    USAGE: SalienceShaderCompiler compile FILE.comp [--include FOLDER]... --output FILE.spv|FILE.swift
           SalienceShaderCompiler embed FILE.words --output FILE.swift
           SalienceShaderCompiler index [STEM]... --output FILE.swift

    compile turns GLSL into optimised and validated SPIR-V 1.3 for Vulkan 1.1: the words themselves, or a Swift
    constant that holds them. embed writes such a constant for words in hexadecimal that another compiler made.
    index writes the Swift list of these constants.
    Errors name file and line. Exit codes: 0 done, 1 a shader or file that cannot be used, 64 a bad command line.
    """

  static func main() {
    do {
      let command = try Command(Array(CommandLine.arguments.dropFirst()))
      try run(command)
    } catch let error as ShaderCompilerError {
      report("\(error)\n")
      exit(error.code == .usage ? 64 : 1)
    } catch {
      report("error: \(error)\n")
      exit(1)
    }
  }

  private static func run(_ command: Command) throws {
    switch command {
    case .help:
      print(help)
    case .compile(let shader, let folders, let output):
      let stem = try stem(of: shader)
      let compilation = try GLSLCompilation(ExpandedSource(path: shader, folders: folders))
      for warning in compilation.warnings { report("\(warning)\n") }
      let words = try SPIRVModule(words: compilation.words, path: shader).optimized().words
      if output.hasSuffix(".swift") {
        try write(Data(SwiftEmbedding.declaration(stem: stem, words: words).utf8), to: output)
      } else {
        try write(words.map(\.littleEndian).withUnsafeBytes { Data($0) }, to: output)
      }
    case .embed(let file, let output):
      let stem = try stem(of: file)
      let words = try WordFile(path: file).words
      try write(Data(SwiftEmbedding.declaration(stem: stem, words: words).utf8), to: output)
    case .index(let stems, let output):
      try write(Data(SwiftEmbedding.index(stems: stems).utf8), to: output)
    }
  }

  private static func stem(of shader: String) throws -> String {
    let stem = URL(filePath: shader).deletingPathExtension().lastPathComponent
    guard SwiftEmbedding.isUsable(stem: stem) else {
      throw ShaderCompilerError(
        .shader, "a shader's name is lowercase letters, digits and underscores, a letter first", path: shader)
    }
    return stem
  }

  /// Writes a file, unless it has these bytes already: a build then need not compile again what depends on it.
  private static func write(_ data: Data, to path: String) throws {
    if let old = try? Data(contentsOf: URL(filePath: path)), old == data { return }
    do {
      try data.write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw ShaderCompilerError(.file, "the file cannot be written", path: path)
    }
  }

  private static func report(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}
