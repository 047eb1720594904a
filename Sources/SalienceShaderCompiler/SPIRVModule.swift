import CGlslang
import Foundation
import SalienceSPIRVOptimizer

/// A SPIR-V module for Vulkan 1.1 that SPIRV-Tools finds valid.
struct SPIRVModule {
  let words: [UInt32]
  /// The shader's path, for messages.
  private let path: String

  /// Throws `shader` where the words break a rule of SPIR-V or of Vulkan 1.1; glslang knows only some of them.
  init(words: [UInt32], path: String) throws {
    let context = spvContextCreate(SPV_ENV_VULKAN_1_1)
    defer { spvContextDestroy(context) }
    var diagnostic: spv_diagnostic?
    defer { spvDiagnosticDestroy(diagnostic) }
    guard spvValidateBinary(context, words, words.count, &diagnostic) == SPV_SUCCESS else {
      let reason = diagnostic.flatMap { $0.pointee.error }.map { String(cString: $0) } ?? "no reason given"
      let line = reason.split(whereSeparator: \.isNewline).first.map(String.init) ?? reason
      throw ShaderCompilerError(.shader, "invalid SPIR-V: \(line)", path: path)
    }
    self.words = words
    self.path = path
  }

  /// The same module made fast, and valid again.
  func optimized() throws -> SPIRVModule {
    var count = 0
    var message = [CChar](repeating: 0, count: 512)
    guard let start = salience_spirv_optimize(words, words.count, &count, &message, message.count) else {
      let reason = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      throw ShaderCompilerError(.shader, "SPIR-V cannot be optimised: \(reason)", path: path)
    }
    defer { free(start) }
    return try SPIRVModule(words: Array(UnsafeBufferPointer(start: start, count: count)), path: path)
  }
}
