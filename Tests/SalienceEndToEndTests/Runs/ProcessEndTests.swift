import Foundation
import SalienceTestSupport
import Testing

extension EndToEndTests {
  /// A process that ends runs no destructors of libraries, a GPU's driver among them, that other threads still use.
  @Suite struct ProcessEnd {
    /// What the dynamic loader of glibc says of a program: which libraries' destructors ran.
    private struct Trace {
      let status: Int32
      let output: String
      let hasStarted: Bool
      /// Whether exit(3) came to the C library, which is the last but for the loader itself.
      let ranDestructors: Bool
    }

    private func trace(_ program: String, _ arguments: [String], in scratch: ScratchDirectory) throws -> Trace {
      let name = "loader-\(UUID().uuidString)"
      let result = try SalienceBinary.run(
        program: program, arguments,
        environment: ["LD_DEBUG": "files", "LD_DEBUG_OUTPUT": "\(scratch.path)/\(name)"], in: scratch)
      // The loader adds the process's number to the name.
      let files = try FileManager.default.contentsOfDirectory(atPath: scratch.path).filter { $0.hasPrefix(name) }
      let lines = try files.flatMap { file in
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/\(file)")), as: UTF8.self)
          .split(separator: "\n")
      }
      return Trace(
        status: result.status, output: result.output,
        hasStarted: lines.contains { $0.contains("transferring control") && $0.contains(program) },
        ranDestructors: lines.contains { $0.contains("calling fini") && $0.contains("/libc.so") })
    }

    private static let control = "/usr/bin/env"
    private static let usesGlibc = FileManager.default.fileExists(atPath: "/lib64/ld-linux-x86-64.so.2")

    /// Success, a usage error, help, and where there is a Vulkan device a run on it, and one that loses it for good.
    @Test(.enabled(if: usesGlibc, "the loader of another C library tells nothing"))
    func noDestructorsRun() throws {
      let tiny = try TinyPipeline()
      let other = try trace(Self.control, [], in: tiny.scratch)
      try #require(other.hasStarted && other.ranDestructors, "what other programs do is seen")
      var cases: [([String], Int32)] = [
        (["--help"], 0), (["--version"], 0), (["run", "--no-such-option"], 64), (["run", "/nonexistent.yaml"], 66),
        (["run", tiny.path, "--quiet", "--device", "cpu"], 0), (["run", tiny.path, "--quiet", "--device", "cpu"], 73),
      ]
      if let device = VulkanTestDevice.all.first?.name {
        let run = ["run", tiny.path, "--quiet", "--device", device, "--overwrite"]
        cases += [(run, 0), (run + ["--inject-fault", "lost=1"], 75), (run + ["--inject-fault", "lost=3"], 75)]
      }
      for (arguments, status) in cases {
        let trace = try trace(SalienceBinary.path, arguments, in: tiny.scratch)
        #expect(trace.status == status, "\(arguments)")
        #expect(trace.hasStarted && !trace.ranDestructors, "\(arguments)")
      }
    }

    @Test func whatIsPrintedIsWrittenOut() throws {
      let scratch = try ScratchDirectory()
      let help = try SalienceBinary.run(["help", "run"], in: scratch)
      #expect(help.status == 0 && help.errors.isEmpty)
      #expect(help.output.hasPrefix("OVERVIEW: ") && help.output.hasSuffix("Show help information.\n"))
      let version = try SalienceBinary.run(["--version"], in: scratch)
      #expect(version.status == 0 && version.output.split(separator: "\n").count == 1)
      let refused = try SalienceBinary.run(["run", "x.yaml", "--no-such-option"], in: scratch)
      #expect(refused.status == 64 && refused.output.isEmpty)
      #expect(refused.errors.contains("--no-such-option") && refused.errors.hasSuffix("\n"))
    }
  }
}
