import Foundation
import SalienceFoundation
import SalienceReports
import Testing

@Suite struct FileOutputTests {
  private let directory: URL

  init() throws {
    directory = FileManager.default.temporaryDirectory.appendingPathComponent("salience-output-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOf: directory.appendingPathComponent(name), encoding: .utf8)
  }

  private var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() }
  }

  @Test func aFileTakesItsNameWhenItIsComplete() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appendingPathComponent("t.csv").path
    try "old".write(toFile: path, atomically: false, encoding: .utf8)
    do {
      let output = try FileOutput(replacing: path)
      try output.write(Array("half".utf8))
      #expect(try text("t.csv") == "old")
    }
    #expect(try names == ["t.csv"], "what was not finished leaves nothing behind")
    #expect(try text("t.csv") == "old")
    let output = try FileOutput(replacing: path)
    try output.write(Array("whole".utf8))
    try output.finish()
    #expect(try text("t.csv") == "whole")
    #expect(try names == ["t.csv"])
  }

  @Test func twoWritersOfOneFileDoNotMeet() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appendingPathComponent("t.csv").path
    let (a, b) = (try FileOutput(replacing: path), try FileOutput(replacing: path))
    for _ in 0..<3 {
      try a.write(Array("aaaa\n".utf8))
      try b.write(Array("bb\n".utf8))
    }
    try a.finish()
    #expect(try text("t.csv") == "aaaa\naaaa\naaaa\n")
    try b.finish()
    #expect(try text("t.csv") == "bb\nbb\nbb\n")
    #expect(try names == ["t.csv"])
  }

  @Test func nothingThatIsThereIsFollowedOrEmptied() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    let victim = directory.appendingPathComponent("victim")
    try "mine".write(to: victim, atomically: false, encoding: .utf8)
    for link in ["t.csv.partial", "link"] {
      try FileManager.default.createSymbolicLink(
        atPath: directory.appendingPathComponent(link).path, withDestinationPath: victim.path)
    }
    let output = try FileOutput(replacing: directory.appendingPathComponent("t.csv").path)
    try output.write(Array("table".utf8))
    try output.finish()
    for name in ["victim", "link"] {
      let path = directory.appendingPathComponent(name).path
      #expect(throws: FileFault.self) { try FileOutput(creating: path) }
    }
    #expect(try text("victim") == "mine")
    #expect(try text("t.csv") == "table")
  }

  @Test func theFilesPermissionsStay() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appendingPathComponent("t.csv").path
    try "old".write(toFile: path, atomically: false, encoding: .utf8)
    for mode in [0o600, 0o664, 0o444] {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
      let output = try FileOutput(replacing: path)
      try output.write(Array("\(mode)".utf8))
      try output.finish()
      let found = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(found == mode)
      #expect(try text("t.csv") == "\(mode)")
    }
  }

  @Test func aLinkStaysALink() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try "old".write(toFile: directory.appendingPathComponent("real").path, atomically: false, encoding: .utf8)
    let link = directory.appendingPathComponent("link").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "real")
    let output = try FileOutput(replacing: link)
    try output.write(Array("new".utf8))
    try output.finish()
    #expect(try text("real") == "new")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "real")
  }

  @Test func whatIsNoFileIsWrittenToAtOnce() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    let output = try FileOutput(replacing: "/dev/null")
    try output.write([1])
    try output.finish()
    let full = try FileOutput(replacing: "/dev/full")
    let error = #expect(throws: FileFault.self) { try full.write([1]) }
    #expect(error?.kind == .io)
    #expect(!FileManager.default.fileExists(atPath: "/dev/full.partial"))
  }
}
