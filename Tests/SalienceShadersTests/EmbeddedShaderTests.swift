import Foundation
import SalienceShaders
import SalienceTestSupport
import Testing

@Suite("Embedded shaders")
struct EmbeddedShaderTests {
  static let folder = Repository.root.appending(path: "Shaders")

  /// The folders whose shaders the build compiles.
  static let rooms = ["attention", "elementwise", "matrix", "path", "rows"]

  /// Paths below `Shaders/`, without the suffix, of the shaders that the build compiles.
  static func compiledPaths() throws -> [String] {
    try rooms.flatMap { room in try stemsOnDisk(in: room).map { "\(room)/\($0)" } }
  }

  /// Names, without the suffix, of the checkout's files in a folder of `Shaders/`, in byte order.
  static func stemsOnDisk(in name: String, suffix: String = ".comp") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: name).path)
      .filter { $0.hasSuffix(suffix) }
      .map { String($0.dropLast(suffix.count)) }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  @Test("Every file below Shaders/ is embedded under its stem")
  func everyShaderIsEmbedded() throws {
    let own = try Self.rooms.flatMap { try Self.stemsOnDisk(in: $0) }, ready = try Self.stemsOnDisk(in: "matrix_units")
    #expect(!own.isEmpty && !ready.isEmpty)
    #expect(Shaders.stems == (own + ready).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
  }

  @Test("Every shader is an aligned SPIR-V 1.3 module", arguments: Shaders.stems)
  func modulesAreSPIRV(stem: String) throws {
    let words = try #require(Shaders.words(stem))
    #expect(words.count > 20 && words.count % 4 == 0)
    #expect(UInt(bitPattern: words.baseAddress) % 4 == 0)
    // The first two words of a module: SPIR-V specification, 2.3 "Physical Layout of a SPIR-V Module and Instruction".
    #expect(words.load(as: UInt32.self) == 0x0723_0203)
    #expect(words.load(fromByteOffset: 4, as: UInt32.self) == 0x0001_0300)
    #expect(Shaders.words(stem)?.baseAddress == words.baseAddress)
  }

  @Test("The embedded bytes are what the compiler writes for the file as it is", arguments: try compiledPaths())
  func embeddingIsExact(path: String) throws {
    let stem = try #require(path.split(separator: "/").last.map(String.init))
    let output = FileManager.default.temporaryDirectory.appending(path: "\(stem)-\(UUID().uuidString).spv")
    defer { try? FileManager.default.removeItem(at: output) }
    let compilation = try ShaderCompilerProcess([
      "compile", Self.folder.appending(path: "\(path).comp").path, "--include", Self.folder.path,
      "--output", output.path,
    ])
    #expect(compilation.status == 0)
    #expect(compilation.errors == [])
    #expect(try Shaders.words(stem).map { Data($0) } == Data(contentsOf: output))
  }

  @Test("Shaders include only files that the build watches: include/*.glsl and include/multipliers/*.glsl")
  func includesAreWatched() throws {
    let watched = try Set(
      ["include", "include/multipliers"].flatMap { folder in
        try Self.stemsOnDisk(in: folder, suffix: ".glsl").map { "\(folder)/\($0).glsl" }
      })
    var included: Set<String> = []
    let ready = try Self.stemsOnDisk(in: "matrix_units").map { "matrix_units/\($0).comp" }
    for file in try watched.union(Self.compiledPaths().map { "\($0).comp" } + ready) {
      let text = try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8)
      for match in text.matches(of: #/#\s*include\s*["<](?:include/)?([^">]+)[">]/#) {
        included.insert("include/\(match.1)")
      }
    }
    #expect(included.subtracting(watched) == [])
    #expect(watched.subtracting(included) == [], "an include that nothing includes")
  }

  @Test("There is nothing under another name")
  func unknownStem() {
    #expect(Shaders.words("no_such_shader") == nil)
    #expect(Shaders.words("") == nil)
  }
}
