import SalienceAttribution
import SalienceTestSupport
import Testing

/// docs/pipeline-file.md lists the methods' keys as the methods declare them.
@Suite struct MethodsPageTests {
  @Test("docs/pipeline-file.md is what the methods declare")
  func pageIsUpToDate() throws {
    let isUpToDate = try GeneratedDocument.isUpToDate("pipeline-file.md", section: "methods", MethodReference.table)
    #expect(isUpToDate, "\(GeneratedDocument.advice("pipeline-file.md"))")
    for method in MethodRegistry.types {
      for setting in method.settings { #expect(MethodReference.table.contains("`methods[].\(setting.key)`")) }
    }
  }
}
