import SalienceReports
import SalienceTestSupport
import Testing

@Suite struct ReferencePageTests {
  /// Pages that are made from declarations in this target.
  private static let pages: [ReferencePage] = [.tables]

  @Test func pagesAreUpToDate() throws {
    for page in Self.pages {
      let isUpToDate = try GeneratedDocument.isUpToDate(page.file, page.text)
      #expect(isUpToDate, "\(GeneratedDocument.advice(page.file))")
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
