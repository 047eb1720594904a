import Foundation
import SalienceParquet
import Testing

extension EndToEndTests {
  /// Where texts come from: standard input, paths beside the pipeline file, files that change or are none.
  @Suite struct DatasetInput {
    private static let rows = "id,text\na,a good film\nb,a bad film\nc,\"an odd, slow film\"\n"

    private func pipeline(
      _ scratch: ScratchDirectory, dataset: String, name: String = "p.yaml", model: String? = nil
    ) throws -> String {
      try scratch.write(
        """
        models: [\(model ?? TinyPipeline.checkpoint("bert-2-f32"))]
        dataset: {\(dataset), columns: {id: id, text: text}}
        methods: [{name: gradient-x-input}]
        output: {directory: \(scratch.path)/run}

        """, to: name)
    }

    /// Runs `salience` with a file on standard input, through a pipe.
    private func run(
      _ arguments: [String], input: String, in scratch: ScratchDirectory
    ) throws -> SalienceBinary.Result {
      try SalienceBinary.run(
        program: "/bin/sh", ["-c", "f=$0; cat \"$f\" | \"$@\"", input, SalienceBinary.path] + arguments, in: scratch)
    }

    private func texts(_ scratch: ScratchDirectory) throws -> ColumnData {
      try ParquetReader(path: "\(scratch.path)/run/predictions/model=bert-2-f32/part-00000.parquet")
        .read(column: "text")
    }

    @Test func standardInputIsRunCheckedAndResumed() throws {
      let scratch = try ScratchDirectory()
      let input = try scratch.write(Self.rows, to: "input")
      let other = try scratch.write("id,text\nz,other\n", to: "other")
      let path = try pipeline(scratch, dataset: "path: '-', format: csv")
      let checked = try run(["check", path, "--device", "cpu"], input: input, in: scratch)
      #expect(checked.status == 0 && checked.output.contains("3 rows"), "\(checked.errors)")
      #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/run"))
      let command = ["run", path, "--device", "cpu", "--quiet"]
      let first = try run(command, input: input, in: scratch)
      #expect(first.status == 0, "\(first.errors)")
      let expected = ColumnData.optionalString(["a good film", "a bad film", "an odd, slow film"])
      #expect(try texts(scratch) == expected)
      // What the run lost is scored again from what it kept, whatever comes on standard input now.
      let run = "\(scratch.path)/run"
      for lost in ["_SUCCESS", "state/model=bert-2-f32", "predictions"] {
        try FileManager.default.removeItem(atPath: "\(run)/\(lost)")
      }
      let resumed = try self.run(command + ["--resume"], input: other, in: scratch)
      #expect(resumed.status == 0, "\(resumed.errors)")
      #expect(resumed.errors.contains("nothing is read now"))
      #expect(try texts(scratch) == expected)
      #expect(try self.run(command, input: input, in: scratch).status == 73)
      let replaced = try self.run(command + ["--overwrite"], input: other, in: scratch)
      #expect(replaced.status == 0, "\(replaced.errors)")
      #expect(try texts(scratch) == .optionalString(["other"]))
      #expect(try FileManager.default.contentsOfDirectory(atPath: run).allSatisfy { !$0.hasPrefix(".") })
    }

    @Test func standardInputNeedsAFormatAndRows() throws {
      let scratch = try ScratchDirectory()
      let input = try scratch.write("{\"id\": 1, \"text\": \"a\"}\n", to: "input")
      let path = try pipeline(scratch, dataset: "path: '-'")
      let unnamed = try run(["run", path], input: input, in: scratch)
      #expect(unnamed.status == 64 && unnamed.errors.contains("'dataset.format' is required"), "\(unnamed.errors)")
      let lines = try run(["run", path, "--quiet", "--set", "dataset.format=jsonl"], input: input, in: scratch)
      #expect(lines.status == 0, "\(lines.errors)")
      let none = try run(
        ["run", path, "--output", "\(scratch.path)/none", "--set", "dataset.format=csv"], input: "/dev/null",
        in: scratch)
      #expect(none.status == 65, "\(none.errors)")
      #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/none"))
      let mixed = try run(["run", path, "--set", "dataset.path=[-, a.csv]"], input: input, in: scratch)
      #expect(mixed.status == 64 && mixed.errors.contains("'-' alone"), "\(mixed.errors)")
    }

    @Test func inputsAreLookedForBesideThePipelineFile() throws {
      let scratch = try ScratchDirectory()
      try FileManager.default.createDirectory(atPath: "\(scratch.path)/project/data", withIntermediateDirectories: true)
      try scratch.write(Self.rows, to: "project/data/a.csv")
      try FileManager.default.copyItem(
        atPath: TinyPipeline.checkpoint("bert-2-f32"), toPath: "\(scratch.path)/project/bert-2-f32")
      let path = try pipeline(scratch, dataset: "path: data/*.csv", name: "project/p.yaml", model: "bert-2-f32")
      let result = try SalienceBinary.run(["run", path, "--device", "cpu", "--quiet"], in: scratch)
      #expect(result.status == 0, "\(result.errors)")
      #expect(try texts(scratch) == .optionalString(["a good film", "a bad film", "an odd, slow film"]))
      // Then in the working directory, which is the package's.
      let there = try SalienceBinary.run(
        ["check", try pipeline(scratch, dataset: "path: datasets/reviews.csv", name: "project/q.yaml")], in: scratch)
      #expect(there.status == 0, "\(there.errors)")
      // What is typed is the working directory's.
      let typed = try SalienceBinary.run(["check", path, "--input", "data/a.csv"], in: scratch)
      #expect(typed.status == 66 && typed.errors.contains("data/a.csv: no such file"), "\(typed.errors)")
    }

    @Test func missingInputsTellWhatWasTried() throws {
      let scratch = try ScratchDirectory()
      let dataset = try pipeline(scratch, dataset: "path: none/a.csv")
      let first = try SalienceBinary.run(["check", dataset], in: scratch)
      #expect(first.status == 66, "\(first.errors)")
      #expect(first.errors.contains("p.yaml:2: no such dataset: tried \(scratch.path)/none/a.csv, none/a.csv"))
      let model = try pipeline(scratch, dataset: "path: datasets/reviews.csv", model: "none/model")
      let second = try SalienceBinary.run(["check", model], in: scratch)
      #expect(second.status == 66, "\(second.errors)")
      #expect(second.errors.contains("p.yaml:1: no such model: tried \(scratch.path)/none/model, none/model"))
    }

    @Test func homeIsExpandedAndVariablesAreRefused() throws {
      let scratch = try ScratchDirectory()
      try scratch.write(Self.rows, to: "a.csv")
      let home = try pipeline(scratch, dataset: "path: ~/a.csv")
      let result = try SalienceBinary.run(
        ["run", home, "--quiet", "--device", "cpu", "--set", "output.directory=~/other"],
        environment: ["HOME": scratch.path], in: scratch)
      #expect(result.status == 0, "\(result.errors)")
      #expect(FileManager.default.fileExists(atPath: "\(scratch.path)/other/_SUCCESS"))
      for (key, option) in [
        ("dataset.path", "dataset.path=$DATA/a.csv"), ("models", "models=['${HOME}/m']"),
        ("output.directory", "output.directory=$HOME/x"),
      ] {
        let refused = try SalienceBinary.run(["run", home, "--set", option], in: scratch)
        #expect(refused.status == 64, "\(refused.errors)")
        #expect(refused.errors.contains("--set \(option): '\(key)' has a variable in it"), "\(refused.errors)")
      }
    }

    @Test func aPipeIsRefusedAndItsOwnTablesAreNoTexts() throws {
      let scratch = try ScratchDirectory()
      #expect(mkfifo("\(scratch.path)/pipe.csv", 0o600) == 0)
      let piped = try SalienceBinary.run(
        ["run", try pipeline(scratch, dataset: "path: \(scratch.path)/pipe.csv")], in: scratch)
      #expect(piped.status == 65 && piped.errors.contains("standard input"), "\(piped.errors)")
      try FileManager.default.removeItem(atPath: "\(scratch.path)/pipe.csv")
      try scratch.write(Self.rows, to: "a.csv")
      let path = try pipeline(scratch, dataset: "path: '\(scratch.path)/**/*.csv'")
      let command = ["run", path, "--device", "cpu", "--quiet", "--set", "output.formats=[csv]"]
      #expect(try SalienceBinary.run(command, in: scratch).status == 0)
      #expect(FileManager.default.fileExists(atPath: "\(scratch.path)/run/tokens.csv"))
      let again = try SalienceBinary.run(command + ["--resume"], in: scratch)
      #expect(again.status == 0, "\(again.errors)")
      let over = try SalienceBinary.run(command + ["--overwrite"], in: scratch)
      #expect(over.status == 0, "\(over.errors)")
      #expect(try texts(scratch).count == 3)
    }

    @Test(arguments: ["append", "replace"]) func aDatasetThatChangesWhileTheRunGoesOnIsAnError(_ change: String) throws
    {
      let scratch = try ScratchDirectory()
      let all = "id,text\n" + (0..<3000).map { "\($0),a film of some \($0) words\n" }.joined()
      let dataset = try scratch.write(all, to: "a.csv")
      let path = try pipeline(scratch, dataset: "path: \(dataset)")
      var isChanged = false
      let result = try SalienceBinary.run(["run", path, "--device", "cpu", "--quiet"], in: scratch) {
        let hasBegun = FileManager.default.fileExists(atPath: "\(scratch.path)/run/state/run-fingerprint.json")
        if hasBegun, !isChanged {
          isChanged = true
          if change == "append" {
            let handle = FileHandle(forWritingAtPath: dataset)
            _ = try? handle?.seekToEnd()
            try? handle?.write(contentsOf: Data("x,one more\n".utf8))
          } else {
            try? Data(all.replacing("film", with: "book").utf8).write(
              to: URL(fileURLWithPath: dataset), options: .atomic)
          }
        }
        return false
      }
      #expect(isChanged && result.status == 65, "\(result.status): \(result.errors)")
      #expect(result.errors.contains("a.csv: the file changed while the run went on"), "\(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/run/_SUCCESS"))
    }

    @Test func aQuestionFileCutInHalfIsAnError() throws {
      let scratch = try ScratchDirectory()
      let whole = try Data(contentsOf: URL(fileURLWithPath: "\(SalienceBinary.packageRoot)/datasets/questions.json"))
      let half = whole.prefix(whole.count / 2)
      try half.write(to: URL(fileURLWithPath: "\(scratch.path)/q.json"))
      let result = try SalienceBinary.run(
        [
          "run", "pipelines/question-answering.yaml", "--device", "cpu", "--quiet", "--input", "\(scratch.path)/q.json",
          "--output", "\(scratch.path)/run", "--set", "methods.0.steps=2",
        ], in: scratch)
      #expect(result.status == 65, "\(result.errors)")
      #expect(result.errors.contains("q.json: the file ends at byte \(half.count), "), "\(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/run/_SUCCESS"))
    }
  }
}
