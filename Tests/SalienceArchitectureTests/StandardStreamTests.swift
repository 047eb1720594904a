import SalienceTestSupport
import Testing

@Suite("Standard streams")
struct StandardStreamTests {
  /// The files that write to them; each writes out what could steer a terminal, or a constant alone, as what a signal
  /// handler may call.
  private static let allowed: Set<String> = [
    "Sources/SalienceCLI/StandardStreams.swift", "Sources/Salience/Warning.swift",
    "Sources/SaliencePipeline/Loop/Interruption.swift",
  ]

  @Test("Everything that is printed passes one place")
  func printingHasOnePlace() throws {
    let words = [
      "print(", "dump(", "STDOUT_FILENO", "STDERR_FILENO", "FileHandle.standardOutput", "FileHandle.standardError",
    ]
    var found: Set<String> = []
    for path in try Repository.files(below: "Sources", suffixes: [".swift"])
    // The shader compiler runs while the package is built; Terminal only asks what the streams are.
    where !path.hasPrefix("Sources/SalienceShaderCompiler/") && path != "Sources/SalienceCLI/Terminal.swift" {
      let code = try Repository.text(path).split(separator: "\n").filter {
        !$0.drop(while: { $0 == " " }).hasPrefix("//")
      }
      // A name that ends like one of them is another: `fingerprint(`.
      let isPrinting = code.contains { line in
        words.contains { word in
          line.ranges(of: word).contains { range in
            range.lowerBound == line.startIndex || !line[line.index(before: range.lowerBound)].isLetter
          }
        }
      }
      if isPrinting { found.insert(path) }
    }
    #expect(found == Self.allowed)
  }
}
