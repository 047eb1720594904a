import Foundation
import SalienceTestSupport
import Testing

/// The digests that Scripts/fixtures/make_tokenizer_fixtures.py wrote of the fixture's lines, one for 500 lines.
struct LineDigests {
  /// What is made of a line; the names are those of Scripts/fixtures/differing_line.py.
  enum Kind: String {
    case encodings, decodings, pairs

    var file: String { self == .decodings ? "decodings.txt" : "digests.txt" }
  }

  static let linesOfBlock = 500
  private static let script = "Scripts/fixtures/differing_line.py"

  let kind: Kind
  /// The folder below `Tests/Fixtures/tokenizers`.
  let name: String

  /// Expects that the digests of all lines are those of the reference; names the first line that differs.
  func expect(_ lines: [String]) throws {
    let stored = try TokenizerFixtures.digests("\(name)/\(kind.file)")
    try #require(lines.count == 10_000 && stored.count == lines.count / Self.linesOfBlock)
    let differing = stored.indices.first { crc32(block($0, of: lines).joined(separator: "\n")) != stored[$0] }
    if let differing { Issue.record(Comment(rawValue: try difference(in: differing, of: lines))) }
  }

  private func block(_ index: Int, of lines: [String]) -> ArraySlice<String> {
    lines[index * Self.linesOfBlock..<(index + 1) * Self.linesOfBlock]
  }

  /// The first line of a block that differs and what is expected of it, or how to find it where there is no Python with
  /// what the script needs.
  func difference(in index: Int, of lines: [String]) throws -> String {
    let first = index * Self.linesOfBlock
    let digests = FileManager.default.temporaryDirectory.appending(path: "digests-\(UUID().uuidString).txt").path
    try Data(block(index, of: lines).joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: digests))
    let arguments = [kind.rawValue, name, "\(first)", digests]
    var reason = "SALIENCE_PYTHON is not set"
    if let python = ProcessInfo.processInfo.environment["SALIENCE_PYTHON"] {
      let program = try Program(python, [Repository.root.appending(path: Self.script).path] + arguments)
      let output = String(decoding: program.output, as: UTF8.self)
      if !output.isEmpty {
        try FileManager.default.removeItem(atPath: digests)
        return "\(kind.rawValue): \(output)"
      }
      reason = program.errors
    }
    return """
      \(kind.rawValue): one of lines \(first) to \(first + Self.linesOfBlock - 1) of \(name) differs. To find it, in an \
      environment with Scripts/fixtures/requirements.txt:
      python \(Self.script) \(arguments.joined(separator: " "))
      \(reason)
      """
  }
}

@Suite struct LineDigestTests {
  private func encodings(_ name: String) throws -> [String] {
    let tokenizer = try TokenizerFixtures.tokenizer(name)
    return try TokenizerFixtures.texts().map { crc32(try tokenizer.encode($0).lines) }
  }

  @Test(.enabled(if: ProcessInfo.processInfo.environment["SALIENCE_PYTHON"] != nil, "SALIENCE_PYTHON is not set"))
  func theFirstLineThatDiffersIsNamed() throws {
    var lines = try encodings("cased")
    lines[617] = "00000000"
    lines[703] = "00000000"
    let digests = LineDigests(kind: .encodings, name: "cased")
    let message = try digests.difference(in: 1, of: lines)
    #expect(message.contains("line 617 of cased differs") && message.contains("\"ids\""), "\(message)")
    #expect(!message.contains("703"), "\(message)")
    withKnownIssue { try digests.expect(lines) }
  }
}
