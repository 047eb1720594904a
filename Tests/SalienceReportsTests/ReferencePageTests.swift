import Foundation
import SalienceReports
import Testing

@Suite struct ReferencePageTests {
  /// Pages that are made from declarations in this target.
  private static let pages: [ReferencePage] = [.tables]

  private static let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("docs")

  /// `SALIENCE_WRITE_DOCS=1` writes the pages instead; `make docs` does so.
  @Test func pagesAreUpToDate() throws {
    for page in Self.pages {
      let file = Self.folder.appendingPathComponent(page.file)
      if ProcessInfo.processInfo.environment["SALIENCE_WRITE_DOCS"] != nil {
        try page.text.write(to: file, atomically: true, encoding: .utf8)
      } else {
        let isUpToDate = try String(contentsOf: file, encoding: .utf8) == page.text
        #expect(isUpToDate, "docs/\(page.file) is out of date: make docs writes it anew")
      }
    }
  }

  @Test(arguments: Table.allCases)
  func everyTableAndColumnIsOnThePage(_ table: Table) {
    let text = ReferencePage.tables.text
    #expect(text.contains("\n## \(table.rawValue.prefix(1).uppercased() + table.rawValue.dropFirst())\n"))
    for column in table.schema.columns { #expect(text.contains("\n| `\(column.name)` | "), "\(column.name)") }
    for name in ["word_text", "mean_change", "spearman"] { #expect(text.contains("\n| `\(name)` | ")) }
  }
}
