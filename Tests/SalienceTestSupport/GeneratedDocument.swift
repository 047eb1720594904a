import Foundation

/// Pages of docs/ that are made from declarations, whole or in a section between `<!-- generated: NAME -->` and
/// `<!-- end -->`.
public enum GeneratedDocument {
  /// Whether a page, or its section of that name, is `text`.
  ///
  /// `SALIENCE_WRITE_DOCS=1` writes it instead; `make docs` does so.
  ///
  /// - Parameter file: the page's name in docs/.
  public static func isUpToDate(_ file: String, section: String? = nil, _ text: String) throws -> Bool {
    let url = Repository.root.appending(path: "docs/\(file)")
    let page = try String(contentsOf: url, encoding: .utf8)
    let range = try section.map { try Self.range(of: $0, in: page, file) } ?? page.startIndex..<page.endIndex
    if page[range] == text { return true }
    guard ProcessInfo.processInfo.environment["SALIENCE_WRITE_DOCS"] != nil else { return false }
    try page.replacingCharacters(in: range, with: text).write(to: url, atomically: true, encoding: .utf8)
    return true
  }

  /// What to say of one that is not.
  public static func advice(_ file: String) -> String { "docs/\(file) is out of date: make docs writes it anew" }

  private static func range(of section: String, in page: String, _ file: String) throws -> Range<String.Index> {
    guard let begin = page.range(of: "<!-- generated: \(section) -->\n"),
      let end = page.range(of: "<!-- end -->", range: begin.upperBound..<page.endIndex)
    else { throw MissingSection(description: "docs/\(file) has no section 'generated: \(section)'") }
    return begin.upperBound..<end.lowerBound
  }

  private struct MissingSection: Error, CustomStringConvertible {
    let description: String
  }
}
