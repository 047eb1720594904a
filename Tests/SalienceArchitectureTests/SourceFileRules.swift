/// What a source file may be called and hold.
enum SourceFileRules {
  static let maximumLines = 300
  static let maximumFiles = 25

  /// Whether a file's name says nothing of its subject: Utils, Common or Helpers, alone or inside another name.
  static func hasVagueName(_ path: String) -> Bool {
    let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
    return ["utils", "utilities", "common", "helper"].contains { name.contains($0) }
  }

  /// Whether the file is one of the Unicode tables that `Scripts/generated/make_unicode_tables.py` writes.
  static func isGeneratedTable(_ path: String) -> Bool {
    path.hasPrefix("Sources/SalienceTokenizers/Unicode/") && path.hasSuffix("Table.swift")
  }

  /// How many lines a text has; a last line without a newline counts.
  static func lineCount(_ text: String) -> Int {
    var lines = text.utf8.count(where: { $0 == 10 })
    if let last = text.utf8.last, last != 10 { lines += 1 }
    return lines
  }

  /// Lines of code, comments left out, with `try!` or `as!`.
  static func forcedLines(_ text: String) -> [String] {
    text.split(separator: "\n").map(String.init).filter { line in
      let code = line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
      return code.contains(/\b(try|as)!(?!=)/)
    }
  }
}
