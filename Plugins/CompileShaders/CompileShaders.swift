import Foundation
import PackagePlugin

/// Compiles each `*.comp` in the folders of the target it is applied to into a Swift source of this target, and embeds
/// each `matrix_units/*.words`, which is SPIR-V already.
///
/// The build runs a command again when the shader, any include or the compiler has changed. It finds files that were
/// added or removed because the folder is the target's own.
@main
struct CompileShaders: BuildToolPlugin {
  /// Folders of shaders that the build compiles.
  private static let rooms = ["attention", "elementwise", "matrix", "path", "rows"]

  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let tool = try context.tool(named: "SalienceShaderCompiler").url
    let folder = target.directoryURL
    let includeFolder = folder.appending(path: "include")
    let output = context.pluginWorkDirectoryURL
    // A plugin's command cannot report which files it read, so each shader depends on every include.
    let includes = try [includeFolder, includeFolder.appending(path: "multipliers")].flatMap {
      try files(in: $0, withExtension: "glsl")
    }
    let shaders = try Self.rooms.flatMap { try files(in: folder.appending(path: $0), withExtension: "comp") }

    let words = try files(in: folder.appending(path: "matrix_units"), withExtension: "words")

    let index = output.appending(path: "EmbeddedShaders.swift")
    let stems = (shaders + words).map(stem).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return shaders.map { shader in
      let source = output.appending(path: "\(stem(shader)).comp.swift")
      return .buildCommand(
        displayName: "Compiling shader \(shader.lastPathComponent)",
        executable: tool,
        arguments: ["compile", shader.path, "--include", folder.path, "--output", source.path],
        inputFiles: [shader] + includes,
        outputFiles: [source])
    }
      + words.map { file in
        let source = output.appending(path: "\(stem(file)).words.swift")
        return .buildCommand(
          displayName: "Embedding shader \(file.lastPathComponent)",
          executable: tool,
          arguments: ["embed", file.path, "--output", source.path],
          // The words' own source too, which nothing else here handles.
          inputFiles: [file, file.deletingPathExtension().appendingPathExtension("comp")],
          outputFiles: [source])
      } + [
        .buildCommand(
          displayName: "Listing shaders",
          executable: tool,
          arguments: ["index"] + stems + ["--output", index.path],
          outputFiles: [index])
      ]
  }

  private func stem(_ file: URL) -> String { file.deletingPathExtension().lastPathComponent }

  /// The folder's files with this extension, in byte order of their names.
  private func files(in folder: URL, withExtension suffix: String) throws -> [URL] {
    // By path: by URL it finds nothing in a folder that is a symbolic link.
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".\(suffix)") }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      .map { folder.appending(path: $0) }
  }
}
