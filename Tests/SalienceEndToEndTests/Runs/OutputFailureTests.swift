import Foundation
import Testing

extension EndToEndTests {
  /// A standard output that takes nothing: no command may end as if its result had arrived.
  @Suite struct OutputFailure {
    private let tiny: TinyPipeline
    private let commands: [[String]]

    init() throws {
      tiny = try TinyPipeline(models: ["bert-2-f32", "distilbert-2-f16"])
      let first = try tiny.run()
      try #require(first.status == 0, "\(first.errors)")
      let attribute = [
        "attribute", "a good film", "--model", TinyPipeline.checkpoint("bert-2-f32"), "--steps", "2", "--quiet",
      ]
      let comparison = "\(tiny.scratch.path)/comparison"
      commands = [
        attribute, attribute + ["--json"], ["check", tiny.path], ["check", tiny.path, "--json"],
        ["compare", tiny.output, "--output", comparison], ["compare", tiny.output, "--output", comparison, "--json"],
        ["devices", "--quiet"], ["devices", "--quiet", "--json"], ["export", tiny.output],
        ["export", tiny.output, "--output", "\(tiny.scratch.path)/t.csv", "--json"],
        ["run", tiny.path, "--resume", "--quiet", "--json"], ["verify", tiny.output],
        ["verify", tiny.output, "--json"],
      ]
    }

    @Test func aFullDeviceIsAnInputOutputError() throws {
      for command in commands {
        let full = try FileHandle(forWritingTo: URL(fileURLWithPath: "/dev/full"))
        let result = try SalienceBinary.run(command, in: tiny.scratch, standardOutput: full)
        #expect(result.status == 74 && !result.wasKilled, "\(command): \(result.errors)")
        #expect(result.errorLines.count == 1, "\(command): \(result.errors)")
        #expect(result.errors.contains("standard output: cannot be written"), "\(command): \(result.errors)")
      }
    }

    @Test func aPipeThatNobodyReadsEndsQuietly() throws {
      for command in commands {
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        let result = try SalienceBinary.run(
          command, in: tiny.scratch, standardOutput: pipe.fileHandleForWriting)
        #expect(result.wasKilled && result.status == SIGPIPE, "\(command): \(result.status) \(result.errors)")
        #expect(result.errors.isEmpty, "\(command): \(result.errors)")
      }
    }

    @Test func aClosedDescriptorIsAnInputOutputError() throws {
      for command in commands {
        let result = try SalienceBinary.run(
          program: "/bin/sh", ["-c", "exec \"$0\" \"$@\" >&-", SalienceBinary.path] + command, in: tiny.scratch)
        #expect(result.status == 74, "\(command): \(result.errors)")
        #expect(result.errors.contains("standard output: cannot be written"), "\(command): \(result.errors)")
      }
    }

    /// Without a standard error the first table would get its number, and the log would be written into it.
    @Test func messagesDoNotLandInTablesWhereStandardErrorIsClosed() throws {
      let tables = try FileTree.tables(of: tiny.output)
      let result = try SalienceBinary.run(
        program: "/bin/sh", ["-c", "exec \"$0\" run \"$1\" --overwrite 2>&-", SalienceBinary.path, tiny.path],
        in: tiny.scratch)
      #expect(result.status == 0)
      #expect(try FileTree.tables(of: tiny.output).differences(from: tables).isEmpty)
    }
  }
}
