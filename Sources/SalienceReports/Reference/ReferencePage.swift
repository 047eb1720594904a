/// A page of docs/ that is written from declarations in the code, so that it cannot disagree with them.
public struct ReferencePage: Sendable, Equatable {
  /// The file's name in docs/.
  public let file: String
  public let title: String
  /// What the page is about, in a sentence or two of Markdown.
  public let introduction: String
  /// Markdown, one element per section.
  public let sections: [String]

  public init(file: String, title: String, introduction: String, sections: [String]) {
    self.file = file
    self.title = title
    self.introduction = introduction
    self.sections = sections
  }

  /// The file's text.
  public var text: String {
    let note = "<!-- Written by `make docs` from declarations in the code. Change those, not this file. -->"
    return ([note, "# \(title)", introduction] + sections).joined(separator: "\n\n") + "\n"
  }

  /// A table in Markdown; a bar in a cell is escaped.
  public static func table(_ header: [String], _ rows: [[String]]) -> String {
    func line(_ cells: [String]) -> String {
      "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
    return ([line(header), line(header.map { _ in "---" })] + rows.map(line)).joined(separator: "\n")
  }
}
