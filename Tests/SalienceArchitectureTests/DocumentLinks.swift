/// What a Markdown text links to, and what can be linked to in it.
enum DocumentLinks {
  /// Targets of links and pictures that are no URLs, in order; code is left out.
  static func relative(in text: String) -> [String] {
    lines(of: text).flatMap { line in
      line.replacing(/`[^`]*`/, with: "").matches(of: /\]\(([^)\s]+)\)/).map { String($0.output.1) }
    }
    .filter { !$0.contains("://") && !$0.hasPrefix("mailto:") }
  }

  /// Paths of this repository that stand in code font, without patterns and placeholders.
  static func paths(in text: String) -> [String] {
    lines(of: text).flatMap { line in
      line.matches(of: /`((?:Examples|Scripts|Shaders|Sources|Tests|docs)\/[^`\s]*)`/).map { String($0.output.1) }
    }
    .filter { !$0.contains("*") && !$0.contains("NAME") }
  }

  /// The anchors of the headings, as GitHub makes them: lower case, no punctuation, hyphens for spaces.
  static func anchors(in text: String) -> [String] {
    lines(of: text).filter { $0.hasPrefix("#") }.map { line in
      let title = line.drop { $0 == "#" }.drop { $0 == " " }.lowercased()
      return String(title.filter { $0.isLetter || $0.isNumber || " -_".contains($0) }).replacing(" ", with: "-")
    }
  }

  /// The lines outside fenced blocks.
  private static func lines(of text: String) -> [Substring] {
    var isFenced = false
    return text.split(separator: "\n").filter { line in
      if line.hasPrefix("```") { isFenced.toggle() }
      return !isFenced && !line.hasPrefix("```")
    }
  }
}
