import Foundation
import SalienceTestSupport
import Testing

@Suite("Links of the documents")
struct DocumentLinkTests {
  /// Documents that users and contributors read.
  private static func documents() throws -> [String] {
    try ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Sources/README.md", "Benchmarks/README.md"]
      + ["docs", "models", "datasets"].flatMap { try Repository.files(below: $0, suffixes: [".md"]) }
  }

  @Test("Every relative link points to a file, and to a heading of it where it names one")
  func linksLeadSomewhere() throws {
    var count = 0
    for document in try Self.documents() {
      for link in DocumentLinks.relative(in: try Repository.text(document)) {
        count += 1
        let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let folder = Repository.root.appending(path: document).deletingLastPathComponent()
        let target = parts[0].isEmpty ? Repository.root.appending(path: document) : folder.appending(path: parts[0])
        #expect(FileManager.default.fileExists(atPath: target.standardizedFileURL.path), "\(document): \(link)")
        if parts.count == 2, target.pathExtension == "md" {
          let text = (try? String(contentsOf: target.standardizedFileURL, encoding: .utf8)) ?? ""
          #expect(DocumentLinks.anchors(in: text).contains(parts[1]), "\(document): \(link)")
        }
      }
    }
    #expect(count > 40)
  }

  @Test("Every path in code font is there")
  func pathsAreThere() throws {
    var count = 0
    for document in try Self.documents().filter({ $0 != "CHANGELOG.md" }) + Self.articles() {
      for path in DocumentLinks.paths(in: try Repository.text(document)) {
        count += 1
        let file = Repository.root.appending(path: path)
        #expect(FileManager.default.fileExists(atPath: file.path), "\(document): \(path)")
      }
    }
    #expect(count > 20)
  }

  @Test("Every article that the library's documentation names is there, and named")
  func articlesAreThere() throws {
    let text = try Self.articles().map(Repository.text).joined(separator: "\n")
    let named = Set(text.matches(of: /<doc:(\w+)>/).map { String($0.output.1) })
    let files = try Self.articles().map { $0.split(separator: "/").last.map(String.init) ?? "" }
    #expect(named == Set(files.map { $0.replacing(".md", with: "") }).subtracting(["Salience"]))
    #expect(named.isSuperset(of: ["FirstRun", "Architecture"]))
    #expect(named.isSuperset(of: ["AddingAModel", "AddingAMethod", "AddingAnOp", "AddingATable"]))
  }

  private static func articles() throws -> [String] {
    try Repository.files(below: "Sources/Salience/Salience.docc", suffixes: [".md"])
  }

  @Test("The README is a tour of at most 120 lines")
  func readmeIsShort() throws {
    #expect(SourceFileRules.lineCount(try Repository.text("README.md")) <= 120)
  }

  @Test("The README, or the map of the code, leads to every page in docs/")
  func everyPageIsReached() throws {
    let maps = try Repository.text("README.md") + Repository.text("Sources/README.md")
    for page in try Repository.files(below: "docs", suffixes: [".md"]) {
      #expect(maps.contains("(\(page)") || maps.contains("(../\(page)"), "\(page)")
    }
  }

  @Test("Links and headings are found outside code")
  func linksAreFound() {
    let text = """
      # A title
      See [a](b.md), ![c](d.svg) and [e](https://example.org), [f](#g-h); `[no](code.md)`.
      ```
      [no](block.md)
      # no heading
      ```
      ## Gradient x `input`, again
      """
    #expect(DocumentLinks.paths(in: "`Sources/A.swift` and `Sources/*.swift`, `b/c`") == ["Sources/A.swift"])
    #expect(DocumentLinks.relative(in: text) == ["b.md", "d.svg", "#g-h"])
    #expect(DocumentLinks.anchors(in: text) == ["a-title", "gradient-x-input-again"])
  }
}
