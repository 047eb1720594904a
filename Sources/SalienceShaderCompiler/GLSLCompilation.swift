import CGlslang

/// A compute shader's way from GLSL to SPIR-V 1.3 for Vulkan 1.1, through glslang.
struct GLSLCompilation {
  /// The module as glslang makes it: neither optimised nor validated.
  let words: [UInt32]
  /// What glslang remarked on without refusing the shader.
  let warnings: [Diagnostic]

  /// Compiles and links.
  ///
  /// Throws every error that glslang reports, each at its own file and line.
  init(_ source: ExpandedSource) throws {
    glslang_initialize_process()
    defer { glslang_finalize_process() }
    let messages = glslang_messages_t(
      rawValue: GLSLANG_MSG_SPV_RULES_BIT.rawValue | GLSLANG_MSG_VULKAN_RULES_BIT.rawValue)
    var warnings: [Diagnostic] = []
    words = try source.text.withCString { code in
      var input = glslang_input_t()
      input.language = GLSLANG_SOURCE_GLSL
      input.stage = GLSLANG_STAGE_COMPUTE
      input.client = GLSLANG_CLIENT_VULKAN
      input.client_version = GLSLANG_TARGET_VULKAN_1_1
      input.target_language = GLSLANG_TARGET_SPV
      input.target_language_version = GLSLANG_TARGET_SPV_1_3
      input.code = code
      input.default_version = 450
      input.default_profile = GLSLANG_NO_PROFILE
      input.messages = messages
      input.resource = glslang_default_resource()

      let shader = glslang_shader_create(&input)
      defer { glslang_shader_delete(shader) }
      // Preprocessing keeps the `#line` directives, so both logs name original places.
      let isParsed = glslang_shader_preprocess(shader, &input) != 0 && glslang_shader_parse(shader, &input) != 0
      let log = Self.diagnostics(in: glslang_shader_get_info_log(shader), source)
      guard isParsed else { throw Self.failure(log, source) }
      warnings = log

      let program = glslang_program_create()
      defer { glslang_program_delete(program) }
      glslang_program_add_shader(program, shader)
      guard glslang_program_link(program, Int32(bitPattern: messages.rawValue)) != 0 else {
        throw Self.failure(Self.diagnostics(in: glslang_program_get_info_log(program), source), source)
      }
      var options = glslang_spv_options_t()
      options.strip_debug_info = true
      options.disable_optimizer = true
      glslang_program_SPIRV_generate_with_options(program, input.stage, &options)
      let count = glslang_program_SPIRV_get_size(program)
      guard let start = glslang_program_SPIRV_get_ptr(program), count > 0 else {
        throw Self.failure(Self.diagnostics(in: glslang_program_SPIRV_get_messages(program), source), source)
      }
      return [UInt32](UnsafeBufferPointer(start: start, count: count))
    }
    self.warnings = warnings
  }

  // MARK: Messages

  private static func failure(_ log: [Diagnostic], _ source: ExpandedSource) -> ShaderCompilerError {
    let unexplained = Diagnostic(.error, "glslang refused the shader and gave no reason", path: source.files[0])
    return ShaderCompilerError(.shader, log.contains { $0.severity == .error } ? log : log + [unexplained])
  }

  /// Reads a log of glslang: `ERROR: FILE:LINE: message`, or `ERROR: message` for the shader as a whole.
  private static func diagnostics(in log: UnsafePointer<CChar>?, _ source: ExpandedSource) -> [Diagnostic] {
    let lines = (log.map { String(cString: $0) } ?? "").split(whereSeparator: \.isNewline)
    return lines.compactMap { line in
      guard let match = line.firstMatch(of: #/^(ERROR|WARNING): (?:(\d+):(\d+): )?(.*?)\s*$/#),
        // These two end the log and say nothing.
        !match.4.hasSuffix("No code generated."), !match.4.hasSuffix("compilation terminated")
      else { return nil }
      let file = match.2.flatMap { Int($0) }.flatMap { source.files.indices.contains($0) ? source.files[$0] : nil }
      return Diagnostic(
        match.1 == "ERROR" ? .error : .warning, String(match.4), path: file ?? source.files[0],
        line: match.3.flatMap { Int($0) })
    }
  }
}
