import Foundation
import SalienceDatasets
import SalienceFoundation
import SalienceTestSupport
import Testing

/// Files that are others than they were, that are none, and that are the run's own.
@Suite struct ChangedFileTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func source(_ path: String) throws -> DatasetSource {
    try DatasetSource(paths: [path], mapping: ColumnMapping(text: "text"))
  }

  private static let rows = "text\n" + (0..<2000).map { "row \($0)\n" }.joined()

  @Test(arguments: ["appended", "altered", "replaced", "removed", "shortened"], [false, true])
  func aFileThatChangesIsAnError(_ change: String, whileReading: Bool) throws {
    let path = try directory.write("a.csv", Self.rows)
    let source = try source(path)
    let reader = source.reader(chunkSize: 64)
    if whileReading { #expect(try reader.next()?.example?.text == "row 0") }
    let url = URL(fileURLWithPath: path)
    switch change {
    case "appended":
      let handle = try FileHandle(forWritingTo: url)
      try handle.seekToEnd()
      try handle.write(contentsOf: Data("one more\n".utf8))
    case "altered":
      let handle = try FileHandle(forWritingTo: url)
      try handle.seek(toOffset: 5000)
      try handle.write(contentsOf: Data("X".utf8))
    case "replaced": try Data(Self.rows.utf8).write(to: url, options: .atomic)
    case "shortened": try FileHandle(forWritingTo: url).truncate(atOffset: 3000)
    default: try FileManager.default.removeItem(at: url)
    }
    let (_, error) = readAll(reader)
    if change == "removed", !whileReading {
      #expect(error?.code == .missingFile)
    } else {
      #expect(error?.code == .changed && error?.file == path, "\(change): \(String(describing: error))")
    }
    #expect(throws: DatasetError.self) { try source.reader().skip(1) }
  }

  @Test func identitiesTellFilesApart() throws {
    let path = try directory.write("a.csv", "text\n")
    let first = try #require(FileIdentity(path: path))
    #expect(FileIdentity(path: path) == first && first.size == 5)
    #expect(FileIdentity.change(from: first, to: first) == nil)
    try Data("text\n".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    #expect(FileIdentity.change(from: first, to: FileIdentity(path: path)) == "another file took its place")
    #expect(FileIdentity(path: path + "x") == nil)
  }

  @Test(.timeLimit(.minutes(1))) func aPipeIsRefusedAtOnce() throws {
    let path = directory.path + "/pipe.csv"
    #expect(mkfifo(path, 0o600) == 0)
    for pattern in [path, directory.path + "/*.csv"] {
      let error = #expect(throws: DatasetError.self) { try source(pattern) }
      #expect(error?.code == .unsupported && error?.file == path)
      #expect(error?.message.contains("give the path as '-'") == true)
    }
  }

  @Test func aRunsOwnFilesAreNotItsTexts() throws {
    try directory.write("data/a.csv", "text\na\n")
    try directory.write("data/out/tokens.csv", "text\nb\n")
    try directory.write("data/out/more/export.csv", "text\nc\n")
    try directory.write("data/outer/d.csv", "text\nd\n")
    func texts(_ pattern: String, output: String) throws -> [String?] {
      let source = try DatasetSource(
        paths: [directory.path + "/" + pattern], mapping: ColumnMapping(text: "text"),
        output: OutputFiles(directory: directory.path + "/" + output, names: ["tokens.csv", "state"]))
      return readAll(source.reader()).records.map { $0.example?.text }
    }
    #expect(try texts("data/**/*.csv", output: "data/out") == ["a", "d"])
    #expect(try texts("data/../data/**/*.csv", output: "data/../data/out/") == ["a", "d"])
    #expect(try texts("data/**/*.csv", output: "none") == ["a", "c", "b", "d"])
    // Where the pattern itself leads there, what the run makes stays out.
    #expect(try texts("data/out/**/*.csv", output: "data/out") == ["c"])
    #expect(try texts("data/**/*.csv", output: "data") == ["a", "c", "b", "d"])
    // A file that is named is meant.
    #expect(try texts("data/out/tokens.csv", output: "data/out") == ["b"])
    #expect(throws: DatasetError.self) { try texts("data/out/t*.csv", output: "data/out") }
  }

  @Test func noRowsIsAnError() throws {
    for (name, text) in [("a.csv", "id,text\n"), ("b.jsonl", "\n"), ("c.json", "[]"), ("d.tsv", "id\ttext\n\n")] {
      let source = try source(try directory.write(name, text))
      let error = #expect(throws: DatasetError.self) { try source.requireRecords() }
      #expect(error?.code == .noRows && error?.description.contains("no rows") == true)
    }
    try source(try directory.write("e.csv", "id,text\n1\n")).requireRecords()
  }
}
