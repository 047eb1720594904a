/// What the command line asks for.
enum Command: Equatable {
  case help
  case compile(shader: String, folders: [String], output: String)
  case embed(words: String, output: String)
  case index(stems: [String], output: String)

  /// Reads the arguments after the program's name.
  ///
  /// Throws `usage` where they are not one of the forms of the help.
  init(_ arguments: [String]) throws {
    var operands: [String] = []
    var folders: [String] = []
    var output: String?
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      switch argument {
      case "--help", "-h":
        self = .help
        return
      case "--include", "--output":
        guard let value = rest.popFirst() else { throw Self.misuse("\(argument) needs a value") }
        if argument == "--include" { folders.append(value) } else { output = value }
      case _ where argument.hasPrefix("-"):
        throw Self.misuse("unknown option '\(argument)'")
      default:
        operands.append(argument)
      }
    }
    guard let output else { throw Self.misuse("--output is missing") }
    switch operands.first {
    case "compile" where operands.count == 2:
      self = .compile(shader: operands[1], folders: folders, output: output)
    case "embed" where operands.count == 2 && folders.isEmpty:
      self = .embed(words: operands[1], output: output)
    case "index" where folders.isEmpty:
      self = .index(stems: Array(operands.dropFirst()), output: output)
    default:
      throw Self.misuse("expected 'compile FILE.comp', 'embed FILE.words' or 'index STEM...'")
    }
  }

  private static func misuse(_ message: String) -> ShaderCompilerError {
    ShaderCompilerError(.usage, "\(message); see --help")
  }
}
