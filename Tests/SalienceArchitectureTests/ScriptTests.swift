import Foundation
import SalienceTestSupport
import Testing

@Suite("Scripts")
struct ScriptTests {
  private static let suffixes = [".c", ".md", ".py", ".sh", ".swift", ".txt"]

  @Test("Every script that a file names is there")
  func namedScriptsExist() throws {
    let folders = [
      "Benchmarks", "Examples", "Plugins", "Scripts", "Shaders", "Sources", "Tests", "datasets", "docs", "models",
    ]
    let below = try folders.flatMap { try Repository.files(below: $0, suffixes: Self.suffixes) }
    var missing: [String] = []
    var named = 0
    for path in below + ["Makefile", "README.md", ".ci/run"] {
      for match in try Repository.text(path).matches(of: /\bScripts(?:\/[A-Za-z0-9_-]+)+\.[a-z]+\b/) {
        named += 1
        let script = Repository.root.appending(path: String(match.output))
        if !FileManager.default.fileExists(atPath: script.path) { missing.append("\(path): \(match.output)") }
      }
    }
    #expect(named > 50)
    #expect(missing == [])
  }

  @Test("Scripts/README.md tells of every script, or of the group that it is part of")
  func readmeIsComplete() throws {
    let readme = try Repository.text("Scripts/README.md")
    let names = readme.matches(of: /`([A-Za-z0-9_*.-]+)`/).map { String($0.output.1) }
    let untold = try Repository.files(below: "Scripts", suffixes: [".c", ".py", ".sh"]).filter { path in
      let script = path.split(separator: "/").last.map(String.init) ?? path
      return !names.contains { name in
        guard let star = name.firstIndex(of: "*") else { return name == script }
        return script.hasPrefix(name[..<star]) && script.hasSuffix(name[name.index(after: star)...])
      }
    }
    #expect(untold == [])
  }
}
