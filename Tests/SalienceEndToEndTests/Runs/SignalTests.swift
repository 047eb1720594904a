import Foundation
import Testing

extension EndToEndTests {
  /// Signals and faults at any moment: what is kept, what is said, and that the tables come out the same.
  @Suite struct Signals {
    /// A few hundred rows, of which a unit takes some seconds.
    private static func run(
      to output: String, _ options: [String] = [], in scratch: ScratchDirectory, signal: Int32 = SIGKILL,
      killWhen: (() -> Bool)? = nil
    ) throws -> SalienceBinary.Result {
      try SalienceBinary.run(
        [
          "run", "pipelines/demo.yaml", "--limit", "400", "--set", "methods.0.steps=30", "--output", output, "--device",
          "cpu",
        ] + options, in: scratch, signal: signal, killWhen: killWhen)
    }

    private static func keptRows(of run: String, in scratch: ScratchDirectory) throws -> Int {
      let found = try SalienceBinary.run(["verify", run, "--json"], in: scratch)
      let json = try JSONSerialization.jsonObject(with: Data(found.output.utf8)) as? [String: Any]
      let published = (json?["models"] as? [[String: Any]] ?? []).compactMap { $0["rows"] as? Int }.reduce(0, +)
      return try #require(json?["kept_rows"] as? Int) + published
    }

    @Test func interruptionsLoseNothingThatWasScored() throws {
      let scratch = try ScratchDirectory()
      let whole = "\(scratch.path)/whole"
      let start = ContinuousClock.now
      try #require(try Self.run(to: whole, ["--quiet"], in: scratch).status == 0)
      let duration = ContinuousClock.now - start

      let resumed = "\(scratch.path)/resumed"
      var kept = 0
      for (signal, status) in [(SIGINT, 130), (SIGTERM, 143), (SIGUSR1, 75), (SIGINT, 130)] as [(Int32, Int32)] {
        let moment = ContinuousClock.now + duration / 4
        let result = try Self.run(to: resumed, ["--resume", "--quiet"], in: scratch, signal: signal) {
          ContinuousClock.now > moment
        }
        // A quick machine may come to the end between two looks at the clock.
        if result.status == 0 { break }
        try #require(result.status == status && !result.wasKilled, "\(result.errors)")
        let now = try Self.keptRows(of: resumed, in: scratch)
        #expect(now >= kept)
        kept = now
        #expect(result.errorLines.count == 1, "\(result.errors)")
        let said = kept == 0 ? "no scored row is kept" : kept == 1 ? "1 scored row is" : "\(kept) scored rows are kept"
        #expect(result.errors.contains(said) && result.errors.contains("--resume"), "\(kept): \(result.errors)")
      }
      #expect(kept > 50, "half of the time is over")
      let rest = try Self.run(to: resumed, ["--resume", "--quiet"], in: scratch)
      try #require(rest.status == 0, "\(rest.errors)")
      #expect(try FileTree.tables(of: resumed).differences(from: .tables(of: whole)).isEmpty)
      #expect(try FileTree(resumed).paths == FileTree(whole).paths, "nothing is left behind")
    }

    /// Slurm may send its warning as soon as there is a process, which first takes checksums, of large files for long.
    @Test func anEarlyWarningAsksForAnotherAttempt() throws {
      let tiny = try TinyPipeline()
      let model = try tiny.scratch.copy(checkpoint: "bert-2-f32")
      let large = "\(model)/tokenizer.model"
      // A hole of the file system's: it takes no room and is read like any file, and nobody parses it.
      try #require(FileManager.default.createFile(atPath: large, contents: nil) && truncate(large, 400 << 20) == 0)
      for signal in [SIGUSR1, SIGTERM, SIGINT] {
        let result = try SalienceBinary.run(
          ["run", tiny.path, "--model", model], in: tiny.scratch, signal: signal, killWhenOpen: large)
        let status: Int32 = signal == SIGUSR1 ? 75 : signal == SIGTERM ? 143 : 130
        #expect(result.status == status && !result.wasKilled, "\(result)")
        #expect(result.errorLines.count == 1 && result.errors.contains("before the run began"), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: tiny.output))
      }
    }

    @Test func aDatasetThatChangesStopsTheRun() throws {
      let rows = (0..<3000).map { "\($0),a film that is \($0 % 2 == 0 ? "good" : "bad") and long \($0)\n" }
      let tiny = try TinyPipeline(dataset: "id,text\n" + rows.joined(), steps: "steps: 50")
      let dataset = "\(tiny.scratch.path)/texts.csv"
      let original = try Data(contentsOf: URL(fileURLWithPath: dataset))
      var isChanged = false
      let result = try SalienceBinary.run(["run", tiny.path, "--quiet"], in: tiny.scratch) {
        if !isChanged, FileManager.default.fileExists(atPath: "\(tiny.output)/state/run-fingerprint.json") {
          isChanged = true
          try? (original + Data("x,one more\n".utf8)).write(to: URL(fileURLWithPath: dataset))
        }
        return false
      }
      try #require(isChanged)
      #expect(result.status == 65 && result.errorLines.count == 1, "\(result.errors)")
      #expect(result.errors.contains("texts.csv: the file changed"), "\(result.errors)")
      #expect(!tiny.isPublished && !FileManager.default.fileExists(atPath: "\(tiny.output)/run.json"))
      // The texts that the run began with are the same run.
      try original.write(to: URL(fileURLWithPath: dataset))
      #expect(try tiny.run("--resume").status == 0)
    }

    @Test func aModelThatChangesStopsTheRun() throws {
      let rows = (0..<3000).map { "\($0),a film that is \($0 % 2 == 0 ? "good" : "bad") and long \($0)\n" }
      let tiny = try TinyPipeline(dataset: "id,text\n" + rows.joined(), steps: "steps: 50")
      let model = try tiny.scratch.copy(checkpoint: "bert-2-f32")
      let weights = URL(fileURLWithPath: "\(model)/model.safetensors")
      var isChanged = false
      let result = try SalienceBinary.run(["run", tiny.path, "--quiet", "--model", model], in: tiny.scratch) {
        if !isChanged, FileManager.default.fileExists(atPath: "\(tiny.output)/state/run-fingerprint.json") {
          isChanged = true
          if var bytes = try? Data(contentsOf: weights) {
            bytes[bytes.count - 1] ^= 1
            try? bytes.write(to: weights)
          }
        }
        return false
      }
      try #require(isChanged)
      #expect(result.status == 65 && result.errors.contains("model.safetensors: the file changed"), "\(result.errors)")
      #expect(!tiny.isPublished)
    }

    private static let strace = "/usr/bin/strace"

    /// A signal that interrupts a system call is no fault of the disk.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: strace), "strace injects the interruptions"))
    func interruptedSystemCallsAreRepeated() throws {
      let tiny = try TinyPipeline()
      let inject = [
        "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,flock", "-e", "inject=fsync,flock:error=EINTR:when=1+2",
      ]
      let result = try SalienceBinary.run(
        program: Self.strace, inject + [SalienceBinary.path, "run", tiny.path, "--quiet"], in: tiny.scratch)
      #expect(result.status == 0, "\(result.errors)")
      #expect(tiny.isPublished)
    }
  }
}
