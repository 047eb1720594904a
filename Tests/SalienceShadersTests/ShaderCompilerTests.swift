import Foundation
import Testing

@Suite("SalienceShaderCompiler")
struct ShaderCompilerTests {
  /// A valid shader with `body` as line 5 and `head` as line 4.
  static func shader(head: String = "", _ body: String) -> String {
    """
    #version 450
    layout(local_size_x_id = 0) in;
    layout(std430, set = 0, binding = 0) buffer Values { float values[]; };
    \(head)
    void main() { \(body) }
    """
  }

  @Test("A shader becomes optimised SPIR-V 1.3, the same each time")
  func compiles() throws {
    let folder = try ShaderFolder([
      "loop.comp": Self.shader(
        "float sum = 0; for (int i = 0; i < 4; i++) sum += float(i); values[gl_GlobalInvocationID.x] = sum;"),
      "constant.comp": Self.shader("values[0] = 6;"),
    ])
    defer { folder.remove() }
    #expect(try folder.compile("loop").errors == [])
    #expect(try folder.compile("loop", to: "again.spv").status == 0)
    #expect(try folder.compile("constant").status == 0)
    let loop = try folder.data("loop.spv")
    #expect(loop.prefix(8) == Data([0x03, 0x02, 0x23, 0x07, 0x00, 0x03, 0x01, 0x00]))
    #expect(try loop == folder.data("again.spv"))
    #expect(loop.range(of: Data("gl_GlobalInvocationID".utf8)) == nil, "names are stripped")
  }

  @Test("Unused functions and branches on constants are optimised away")
  func optimises() throws {
    let waste = "float f(float x) { return x * 3 + values[7]; }"
    let folder = try ShaderFolder([
      "wasteful.comp": Self.shader(head: waste, "if (false) values[1] = f(2); values[0] = 6;"),
      "direct.comp": Self.shader("values[0] = 6;"),
    ])
    defer { folder.remove() }
    #expect(try folder.compile("wasteful").status == 0)
    #expect(try folder.compile("direct").status == 0)
    #expect(try folder.data("wasteful.spv").count == folder.data("direct.spv").count)
  }

  @Test("A broken shader exits with 1, names file and line, and writes nothing")
  func brokenShader() throws {
    let folder = try ShaderFolder(["broken.comp": Self.shader("values[0] = missing;")])
    defer { folder.remove() }
    let result = try folder.compile("broken")
    #expect(result.status == 1)
    #expect(result.errors.first == "\(folder.path("broken.comp")):5: error: 'missing' : undeclared identifier")
    #expect(!folder.exists("broken.spv"))
  }

  @Test("An error inside an include names the include and its line")
  func brokenInclude() throws {
    let folder = try ShaderFolder([
      "user.comp": Self.shader(head: "#include \"outer.glsl\"", "values[0] = inner();"),
      "include/outer.glsl": "// first\n#include \"inner.glsl\"\n",
      "include/inner.glsl": "// first\n\nfloat inner() { return missing; }",
    ])
    defer { folder.remove() }
    let result = try folder.compile("user")
    #expect(result.status == 1)
    #expect(
      result.errors.first == "\(folder.path("include/inner.glsl")):3: error: 'missing' : undeclared identifier")
  }

  @Test("After an include the lines count on, in the include that included and in the shader")
  func linesAfterIncludes() throws {
    let outer = "#include <inner.glsl>\n#define OUTER\nfloat outer() { return first; }\n"
    let folder = try ShaderFolder([
      "outer.comp": Self.shader(head: "#include \"outer.glsl\"", "values[0] = outer();"),
      "include/outer.glsl": outer,
      "include/inner.glsl": "#define INNER\r\n#define INNERMOST\r\n",
      "shader.comp": Self.shader(head: "#include \"inner.glsl\"", "values[0] = second;"),
    ])
    defer { folder.remove() }
    for (shader, place) in [("outer", "include/outer.glsl"), ("shader", "shader.comp")] {
      let error = try #require(try folder.compile(shader).errors.first)
      #expect(error.hasPrefix("\(folder.path(place)):\(shader == "outer" ? 3 : 5): error: "), "\(error)")
    }
  }

  @Test("Includes are found beside the file or in the include folder, with guards, and not in comments")
  func includes() throws {
    let guarded = "#ifndef GUARD\n#define GUARD\nfloat once() { return 1; }\n#endif"
    let body = "values[0] = once();"
    let folder = try ShaderFolder([
      "twice.comp": Self.shader(head: "#include \"guarded.glsl\"\n# include <guarded.glsl> // again", body),
      "beside.comp": Self.shader(head: "#include \"beside.glsl\"", body),
      "beside.glsl": "#include \"include/guarded.glsl\"",
      "angle.comp": Self.shader(head: "#include <beside.glsl>", body),
      "comment.comp": Self.shader(
        head: "// #include \"no.glsl\"\n/*\n#include \"no.glsl\"\n*/ /* */\n#include \"guarded.glsl\" /* yes */", body),
      "extension.comp": Self.shader(
        head: "#extension GL_GOOGLE_include_directive : require\n#include \"guarded.glsl\"", body),
      "include/guarded.glsl": guarded,
    ])
    defer { folder.remove() }
    for name in ["twice", "beside", "comment", "extension"] {
      let result = try folder.compile(name)
      #expect(result.status == 0, "\(name): \(result.errors)")
    }
    #expect(try folder.compile("angle").errors.first?.contains(":4: error: included file 'beside.glsl'") == true)
  }

  @Test(
    "An include that cannot be is an error at its line",
    arguments: [
      ("#include \"none.glsl\"", "included file 'none.glsl' is not found"),
      ("#include none.glsl", "#include needs \"file\" or <file>"),
      ("#include \"cycle.comp\"", "'cycle.comp' includes itself"),
    ])
  func impossibleIncludes(directive: String, message: String) throws {
    let folder = try ShaderFolder(["cycle.comp": Self.shader(head: directive, "values[0] = 1;")])
    defer { folder.remove() }
    let result = try folder.compile("cycle")
    #expect(result.status == 1)
    #expect(result.errors == ["\(folder.path("cycle.comp")):4: error: \(message)"])
  }

  @Test("Files that include each other end in an error, whatever the path is called")
  func mutualIncludes() throws {
    let folder = try ShaderFolder([
      "user.comp": Self.shader(head: "#include \"a.glsl\"", "values[0] = 1;"),
      "include/a.glsl": "#include \"../include/b.glsl\"", "include/b.glsl": "\n#include \"../include/a.glsl\"",
    ])
    defer { folder.remove() }
    let result = try folder.compile("user")
    #expect(result.status == 1)
    #expect(result.errors == ["\(folder.path("include/b.glsl")):2: error: '../include/a.glsl' includes itself"])
  }

  @Test("SPIR-V that glslang lets pass and Vulkan forbids is refused")
  func validates() throws {
    let folder = try ShaderFolder([
      "scope.comp": Self.shader(
        head: "#extension GL_KHR_memory_scope_semantics : require",
        "controlBarrier(gl_ScopeDevice, gl_ScopeDevice, 0, 0); values[0] = 1;")
    ])
    defer { folder.remove() }
    let result = try folder.compile("scope")
    #expect(result.status == 1)
    #expect(result.errors.first?.hasPrefix("\(folder.path("scope.comp")): error: invalid SPIR-V: ") == true)
  }

  @Test("A shader without main, an unfinished one and an absent one are refused")
  func refused() throws {
    let folder = try ShaderFolder([
      "no_main.comp": "#version 450\nvoid start() {}\n", "unfinished.comp": "#version 450\n#if 1\nvoid main() {\n",
      "empty.comp": "", "Upper.comp": Self.shader("values[0] = 1;"),
    ])
    defer { folder.remove() }
    for name in ["no_main", "unfinished", "empty", "Upper", "absent"] {
      let result = try folder.compile(name)
      #expect(result.status == 1, "\(name)")
      #expect(result.errors.first?.hasPrefix(folder.path("\(name).comp:")) == true, "\(name): \(result.errors)")
      #expect(result.errors.first?.contains("error: ") == true)
    }
  }

  @Test("An output that cannot be written is an error")
  func unwritable() throws {
    let folder = try ShaderFolder(["plain.comp": Self.shader("values[0] = 1;")])
    defer { folder.remove() }
    let result = try folder.compile("plain", to: "none/plain.spv")
    #expect(result.status == 1)
    #expect(result.errors == ["\(folder.path("none/plain.spv")): error: the file cannot be written"])
  }

  @Test("A compiled file that would be the same is not written")
  func outputsAreKept() throws {
    let folder = try ShaderFolder(["plain.comp": Self.shader("values[0] = 1;")])
    defer { folder.remove() }
    let identity = {
      try FileManager.default.attributesOfItem(atPath: folder.path("plain.swift"))[.systemFileNumber] as? Int
    }
    #expect(try folder.compile("plain", to: "plain.swift").status == 0)
    let first = try identity()
    #expect(try folder.compile("plain", to: "plain.swift").status == 0)
    #expect(try identity() == first)
  }

  @Test(
    "A bad command line exits with 64 and says why",
    arguments: [
      ([], "--output is missing"), (["compile", "a.comp"], "--output is missing"),
      (["compile", "--output"], "--output needs a value"), (["compile", "--output", "a.spv"], "expected"),
      (["compile", "a.comp", "b.comp", "--output", "a.spv"], "expected"),
      (["compile", "a.comp", "--optimize", "--output", "a.spv"], "unknown option '--optimize'"),
    ])
  func misuse(arguments: [String], message: String) throws {
    let result = try ShaderCompilerProcess(arguments)
    #expect(result.status == 64)
    #expect(result.errors.count == 1)
    #expect(result.errors.first?.hasPrefix("error: \(message)") == true)
  }
}
