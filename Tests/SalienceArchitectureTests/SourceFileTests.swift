import SalienceTestSupport
import Testing

@Suite("Source files")
struct SourceFileTests {
  static let suffixes = [".swift", ".c", ".h", ".comp", ".glsl"]

  /// The files of the folders that make the product.
  private func files(suffixes: [String]) throws -> [String] {
    try ["Examples", "Plugins", "Shaders", "Sources"].flatMap { try Repository.files(below: $0, suffixes: suffixes) }
  }

  @Test("No file is named after having no subject")
  func namesHaveASubject() throws {
    let files = try files(suffixes: Self.suffixes)
    #expect(files.count > 50)
    #expect(files.filter(SourceFileRules.hasVagueName) == [])
  }

  @Test("No file is longer than 300 lines, generated tables apart")
  func filesAreShort() throws {
    for path in try files(suffixes: Self.suffixes)
    where !SourceFileRules.isGeneratedTable(path) {
      let lines = SourceFileRules.lineCount(try Repository.text(path))
      #expect(lines <= SourceFileRules.maximumLines, "\(path) has \(lines) lines")
    }
  }

  @Test("No folder holds more than 25 files")
  func foldersAreSmall() throws {
    let files = try files(suffixes: Self.suffixes) + Repository.files(below: "Tests", suffixes: Self.suffixes)
    let folders = Dictionary(grouping: files) { $0.split(separator: "/").dropLast() }
    for (folder, files) in folders {
      #expect(files.count <= SourceFileRules.maximumFiles, "\(folder.joined(separator: "/")) has \(files.count) files")
    }
  }

  @Test("Nothing is forced: no try!, no as!")
  func nothingIsForced() throws {
    for path in try files(suffixes: [".swift"]) {
      #expect(SourceFileRules.forcedLines(try Repository.text(path)) == [], "\(path)")
    }
  }

  @Test(
    "Vague names are recognised",
    arguments: [
      ("Sources/A/StringUtils.swift", true), ("Sources/A/Common.swift", true), ("Sources/A/helpers.c", true),
      ("Sources/Common/Batcher.swift", false), ("Sources/A/Utility+Curve.swift", false),
    ])
  func vagueNames(path: String, expected: Bool) {
    #expect(SourceFileRules.hasVagueName(path) == expected)
  }

  @Test("Forced tries and casts are recognised in code and not in comments")
  func forcedLines() {
    let text = """
      let a = try! f()
      let b = x as! Int
      // a try! in a comment
      let c = try? f(); let d = was != 1
      """
    #expect(SourceFileRules.forcedLines(text) == ["let a = try! f()", "let b = x as! Int"])
  }

  @Test("Lines are counted with or without a last newline")
  func lineCounts() {
    #expect(SourceFileRules.lineCount("a\n\nb\n") == 3)
    #expect(SourceFileRules.lineCount("a\nb") == 2)
    #expect(SourceFileRules.lineCount("") == 0)
  }

  @Test("Only tables written by a script are exempt")
  func generatedTables() {
    #expect(SourceFileRules.isGeneratedTable("Sources/SalienceTokenizers/Unicode/GeneralCategoryTable.swift"))
    #expect(!SourceFileRules.isGeneratedTable("Sources/SalienceReports/PredictionTable.swift"))
  }
}
