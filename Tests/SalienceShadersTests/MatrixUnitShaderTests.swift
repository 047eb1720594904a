import Foundation
import SalienceShaders
import Testing

/// The shaders for matrix units come as SPIR-V beside their source, for the build's glslang cannot compile them.
@Suite("Shaders for matrix units")
struct MatrixUnitShaderTests {
  static let folder = EmbeddedShaderTests.folder.appending(path: "matrix_units")

  private static func lines(_ stem: String) throws -> [Substring] {
    try String(contentsOf: folder.appending(path: "\(stem).words"), encoding: .utf8).split(separator: "\n")
  }

  /// A shader's file and, after each, those that it includes.
  private static func sources(_ file: URL) throws -> [URL] {
    let text = try String(contentsOf: file, encoding: .utf8)
    return try [file]
      + text.matches(of: #/(?m)^\s*#\s*include\s+"([^"]+)"/#).flatMap {
        try sources(EmbeddedShaderTests.folder.appending(path: String($0.1)))
      }
  }

  /// 64-bit FNV-1a (Fowler, Noll, Vo), as Scripts/generated/compile_matrix_shaders.py computes it.
  private static func digest(_ files: [URL]) throws -> String {
    var value: UInt64 = 0xCBF2_9CE4_8422_2325
    for file in files {
      for byte in try Data(contentsOf: file) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  @Test(
    "The words were made from the source as it is: `make matrix-shaders` makes them anew",
    arguments: try EmbeddedShaderTests.stemsOnDisk(in: "matrix_units"))
  func wordsAreOfTheirSource(stem: String) throws {
    let files = try Self.sources(Self.folder.appending(path: "\(stem).comp"))
    #expect(files.count > 1)
    #expect(try Self.lines(stem).contains("# source \(Self.digest(files))"))
  }

  @Test("The embedded words are those of the file", arguments: try EmbeddedShaderTests.stemsOnDisk(in: "matrix_units"))
  func embeddingIsExact(stem: String) throws {
    let words = try Self.lines(stem).filter { !$0.hasPrefix("#") }.flatMap { $0.split(separator: " ") }
    let embedded = try #require(Shaders.words(stem)).bindMemory(to: UInt32.self)
    #expect(words.map { UInt32($0, radix: 16) } == embedded.map { .some(UInt32(littleEndian: $0)) })
  }

  @Test("Both precisions of a product are there")
  func precisionsComeInPairs() throws {
    let stems = try Set(EmbeddedShaderTests.stemsOnDisk(in: "matrix_units"))
    #expect(stems.contains("linear_f16") && stems.contains("linear_backward_f16"))
    for stem in stems where stem.hasSuffix("_f16") { #expect(stems.contains(stem.dropLast(3) + "bf16")) }
    #expect(try stems == Set(EmbeddedShaderTests.stemsOnDisk(in: "matrix_units", suffix: ".words")))
  }

  @Test("What is no SPIR-V in hexadecimal is refused with file and line")
  func malformedWordsAreRefused() throws {
    for (text, place, reason) in [
      ("# remark\n07230203 0001030\n", "bad.words:2:", "'0001030'"),
      ("07230203 +0010300 1 2 3 4", "bad.words:1:", "'+0010300'"), ("07230203 00010300", "bad.words:", "no SPIR-V"),
      ("00010300 07230203 00010300 00010300 00010300 00010300", "bad.words:", "no SPIR-V"),
      ("", "bad.words:", "no SPIR-V"),
    ] {
      let folder = try ShaderFolder(["bad.words": text])
      defer { folder.remove() }
      let run = try ShaderCompilerProcess(["embed", folder.path("bad.words"), "--output", folder.path("bad.swift")])
      #expect(run.status == 1)
      #expect(run.errors.count == 1)
      #expect(run.errors.first?.contains("\(place) error: ") == true && run.errors.first?.contains(reason) == true)
      #expect(!folder.exists("bad.swift"))
    }
  }
}
