import Foundation
import SalienceAttribution
import SalienceTestSupport
import Testing

/// docs/pipeline-file.md lists the methods' keys as the methods declare them.
@Suite struct MethodsPageTests {
  private static let begin = "<!-- generated: methods -->\n"
  private static let end = "<!-- end -->"

  /// `SALIENCE_WRITE_DOCS=1` writes the page instead; `make docs` does so.
  @Test("docs/pipeline-file.md is what the methods declare")
  func pageIsUpToDate() throws {
    let path = Repository.root.appending(path: "docs/pipeline-file.md").path
    let page = try String(contentsOfFile: path, encoding: .utf8)
    let begin = try #require(page.range(of: Self.begin), "\(path) has no line \(Self.begin)")
    let end = try #require(page.range(of: Self.end, range: begin.upperBound..<page.endIndex))
    if ProcessInfo.processInfo.environment["SALIENCE_WRITE_DOCS"] != nil {
      let written = page.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: MethodReference.table)
      try written.write(toFile: path, atomically: true, encoding: .utf8)
    } else {
      let isUpToDate = page[begin.upperBound..<end.lowerBound] == MethodReference.table
      #expect(isUpToDate, "docs/pipeline-file.md is out of date: make docs writes it anew")
    }
    for method in MethodRegistry.types {
      for setting in method.settings { #expect(MethodReference.table.contains("`methods[].\(setting.key)`")) }
    }
  }
}
