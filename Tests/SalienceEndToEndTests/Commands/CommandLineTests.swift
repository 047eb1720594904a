import Foundation
import Testing

extension EndToEndTests {
  /// Command lines that cannot be read: what was wrong is named, and what may have been meant.
  @Suite struct CommandLine {
    private static let model = TinyPipeline.checkpoint("bert-2-f32")

    @Test(arguments: [
      (["foo"], "no command 'foo'; known are run, attribute, export, compare, global, rank, nmf, check, verify"),
      (["chekc", "x.yaml"], "no command 'chekc'; the nearest is 'check'"),
      (["export-csv", "out"], "no command 'export-csv'; the nearest is 'export'"),
      (["help", "foo"], "no command 'foo'; known are run, "),
      (["pipelines/demo.yaml"], "a command comes first: salience run pipelines/demo.yaml"),
      (["--foo"], "no option '--foo'; known are --help, --version"),
      (["run"], "missing expected argument '<pipeline>'"),
      (["run", "a.yaml", "b.yaml"], "unexpected argument 'b.yaml'"),
      (["run", "a.yaml", "--devcie", "cpu"], "no option '--devcie' of 'run'; the nearest is '--device'"),
      (["run", "--devcie=cpu"], "no option '--devcie' of 'run'; the nearest is '--device'"),
      (["run", "a.yaml", "--modles", "m"], "no option '--modles' of 'run'; the nearest is '--model'"),
      (
        ["run", "a.yaml", "--steps", "3"],
        "no option '--steps' of 'run'; a key of the file is set by --set methods.0.steps=VALUE"
      ),
      (["run", "a.yaml", "--limit", "many"], "the value 'many' is invalid for '--limit <limit>'"),
      (["run", "a.yaml", "--limit", "0"], "--limit takes a number of rows, 1 or more"),
      (["run", "a.yaml", "--limit", "-5"], "--limit cannot be negative: -5"),
      (["run", "a.yaml", "--max-bad-rows", "-1%"], "--max-bad-rows cannot be negative: -1%"),
      (["run", "a.yaml", "-q"], "no option '-q' of 'run'; the nearest is '--quiet'"),
      (["-v"], "no option '-v'; the nearest is '--version'"),
      (["export", "out", "--output", ""], "--output is an empty path"),
      (["compare", "out", "--output", ""], "--output is an empty path"),
      (
        ["attribute", "--contrast", "a", "b", "text", "--model", "m"],
        "missing expected argument '<text>'; --contrast takes every word up to the next option"
      ),
      (["run", "a.yaml", "--limit"], "missing value for '--limit <limit>'"),
      (["run", "a.yaml", "--resume", "--overwrite"], "--resume and --overwrite exclude each other"),
      (["check", "a.yaml", "--resume"], "no option '--resume' of 'check'; known are --device, --help, "),
      (["verify", "out", "--jsno"], "no option '--jsno' of 'verify'; the nearest is '--json'"),
      (["compare", "out"], "missing expected argument '--output <output>'"),
      (["export", "out", "--format", "parquet"], "the value 'parquet' is invalid for '--format <format>'"),
      (["attribute", "text"], "missing expected argument '--model <model> ...'"),
      (["devices", "cpu"], "unexpected argument 'cpu'"),
    ])
    func whatIsWrongIsNamed(_ arguments: [String], _ message: String) throws {
      let result = try SalienceBinary.run(arguments, in: ScratchDirectory())
      #expect(result.status == 64 && result.output.isEmpty, "\(result.output)")
      let first = try #require(result.errorLines.first)
      #expect(first.hasPrefix("salience: error: \(message)"), "\(first)")
      #expect(result.errors.contains("Usage: salience"), "\(result.errors)")
    }

    /// What is named is there, but is no pipeline; a key stands in the wrong place.
    @Test func mistakenInputsAreUsageErrors() throws {
      let tiny = try TinyPipeline()
      for (arguments, message) in [
        (["run", tiny.scratch.path], "\(tiny.scratch.path): a folder; a pipeline file is wanted"),
        (["check", "\(tiny.scratch.path)/texts.csv"], "texts.csv: looks like a dataset; a pipeline file is wanted"),
        (["run", tiny.path, "--set", "steps=3"], "--set steps=3: unknown key 'steps'; its place is methods.0.steps"),
        (["check", tiny.path, "--set", "path=x"], "--set path=x: unknown key 'path'; its place is dataset.path"),
        (["attribute", "a", "--model", Self.model, "--set", "steps=3"], "is an option of its own here: --steps"),
        (
          ["attribute", "a", "--model", Self.model, "--set", "methods.0.max_steps=3"],
          "is an option of its own here: --max-steps"
        ),
        (
          ["attribute", "a", "--model", Self.model, "--set", "generation.max_new_tokens=3"],
          "'generation' is no setting of what \(Self.model) is asked; is --task right?"
        ),
      ] {
        let result = try SalienceBinary.run(arguments, in: tiny.scratch)
        #expect(result.status == 64 && result.output.isEmpty)
        #expect(result.errorLines.count == 1 && result.errors.contains(message), "\(result.errors)")
      }
    }

    @Test(arguments: ["run", "attribute", "export", "compare", "check", "verify", "devices"])
    func everyCommandHasHelpWithAnExample(_ command: String) throws {
      let result = try SalienceBinary.run([command, "--help"], in: ScratchDirectory())
      #expect(result.status == 0 && result.errors.isEmpty)
      #expect(result.output.contains("Example"), "\(result.output)")
      #expect(result.output.contains("salience \(command) "), "\(result.output)")
      for option in ["--json", "--quiet"] { #expect(result.output.contains(option)) }
      let alike = try SalienceBinary.run(["help", command], in: ScratchDirectory())
      #expect(alike.status == 0 && alike.output == result.output)
    }
  }
}
