import Foundation
import SalienceTestSupport

/// A run of the SalienceShaderCompiler that was built together with these tests.
struct ShaderCompilerProcess {
  let status: Int32
  /// The lines of standard error.
  let errors: [String]

  /// The build puts the package's programs beside the test runner.
  static let program = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "SalienceShaderCompiler")

  init(_ arguments: [String]) throws {
    let process = try Program(Self.program.path, arguments)
    status = process.status
    errors = process.errors.split(separator: "\n").map(String.init)
  }
}

/// A folder with shaders and includes, removed with `remove`.
struct ShaderFolder {
  let url: URL

  init(_ files: [String: String]) throws {
    url = FileManager.default.temporaryDirectory.appending(path: "salience-shaders-\(UUID().uuidString)")
    for (name, text) in files {
      let file = url.appending(path: name)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
  }

  func path(_ name: String) -> String { url.appending(path: name).path }

  func data(_ name: String) throws -> Data { try Data(contentsOf: url.appending(path: name)) }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  /// Compiles a shader of this folder, with its `include` folder, to `NAME.spv` unless another output is named.
  func compile(_ name: String, to output: String? = nil) throws -> ShaderCompilerProcess {
    try ShaderCompilerProcess([
      "compile", path("\(name).comp"), "--include", path("include"), "--output", path(output ?? "\(name).spv"),
    ])
  }

  func remove() {
    try? FileManager.default.removeItem(at: url)
  }
}
