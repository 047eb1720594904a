import Foundation
import Testing

extension EndToEndTests {
  @Suite struct AttributeCommand {
    private static let arguments = [
      "attribute", "a good film", "--model", TinyPipeline.checkpoint("bert-2-f32"), "--steps", "4",
    ]

    @Test func jsonHoldsTokensAndDelta() throws {
      let result = try SalienceBinary.run(Self.arguments + ["--json"], in: ScratchDirectory())
      try #require(result.status == 0, "\(result.errors)")
      #expect(result.errors.isEmpty)
      let parsed = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
      let scored = try #require(parsed as? [String: Any])
      let explanation = try #require((scored["explanations"] as? [[String: Any]])?.first)
      let tokens = try #require(explanation["tokens"] as? [[String: Any]])
      #expect(tokens.map { $0["token"] as? String } == ["[CLS]", "a", "good", "film", "[SEP]"])
      func number(_ key: String) throws -> Double { try #require(explanation[key] as? Double) }
      let sum = try tokens.reduce(0) { try $0 + #require($1["attribution"] as? Double) }
      #expect(try abs(sum - number("attribution_sum")) < 1e-5)
      let delta = try number("attribution_sum") - (number("output") - number("baseline_output"))
      #expect(try abs(delta - number("convergence_delta")) < 1e-5)
      let share = try abs(number("convergence_delta") / (number("output") - number("baseline_output")))
      #expect(try abs(share - number("relative_delta")) < 1e-6)
      #expect(explanation["converged"] is NSNull, "nobody asked for a tolerance")
    }

    @Test func coloursOnATerminalUnlessNoColorIsSet() throws {
      let coloured = try PseudoTerminal.run(Self.arguments, environment: ["TERM": "xterm", "NO_COLOR": ""])
      #expect(coloured.contains("\u{1B}["))
      #expect(coloured.contains("good"))
      let plain = try PseudoTerminal.run(Self.arguments, environment: ["TERM": "xterm", "NO_COLOR": "1"])
      #expect(!plain.contains("\u{1B}"))
      #expect(plain.contains("good"))
    }

    /// A process that ends at once is where a test of processes is most easily left waiting.
    @Test func manyShortProcessesAreAllReaped() throws {
      let scratch = try ScratchDirectory()
      for _ in 0..<100 {
        let result = try SalienceBinary.run(["--version"], in: scratch)
        #expect(result.status == 0 && !result.wasKilled)
        #expect(result.output.split(separator: ".").count == 3, "\(result.output)")
      }
    }

    @Test func noColoursInAFile() throws {
      let result = try SalienceBinary.run(
        Self.arguments, environment: ["TERM": "xterm", "NO_COLOR": ""], in: ScratchDirectory())
      #expect(result.status == 0)
      #expect(result.output.contains("good") && !result.output.contains("\u{1B}"))
    }

    @Test(arguments: [
      (["--steps", "0"], "--steps 0: 'steps' must be a whole number from 1"),
      (["--steps", "many"], "--steps many: 'steps' must be a whole number"),
      (["--steps", "1", "--quadrature", "trapezoid"], "--steps 1: 'steps' must be at least 2"),
      (["--quadrature", "gauss"], "--quadrature gauss: 'quadrature' must be one of"),
      (["--normalize", "l3"], "--normalize l3: 'normalize' must be one of"),
      (["--baseline", "nosuchtoken"], "--baseline nosuchtoken: model "),
      (["--layer", "layer 1"], "--layer layer 1: 'layer' must be"),
      (["--layer", "encoder layer 99"], "--layer encoder layer 99: model "),
      (["--target", "positiv"], "among the model's 2: negative, positive; the nearest is 'positive'"),
      (["--target", "7"], "--target 7: model "), (["--target", "-1"], "--target -1: 'target' must be a class's name"),
      (["--target", "label"], "--target label: a single text has no label"),
      (["--method", "gradients"], "--method gradients: no method 'gradients': known are integrated-gradients"),
      (["--device", "gpu"], "--device gpu: must be auto, cpu, vulkan, vulkan:N or vulkan:UUID"),
    ])
    func badOptionsAreNamed(_ options: [String], _ message: String) throws {
      let result = try SalienceBinary.run(
        ["attribute", "a good film", "--model", TinyPipeline.checkpoint("bert-2-f32")] + options, in: ScratchDirectory()
      )
      #expect(result.status == 64 && result.output.isEmpty)
      #expect(result.errorLines.count == 1, "\(result.errors)")
      #expect(result.errors.contains(message), "\(result.errors)")
      #expect(result.errors.hasPrefix("salience: error: \(options[0]) \(options[1])"), "\(result.errors)")
    }

    @Test func optionsReachTheMethod() throws {
      let options = [
        "--quadrature", "riemann-middle", "--baseline", "mask", "--normalize", "none", "--layer", "word-embeddings",
        "--target", "negative", "--json",
      ]
      let result = try SalienceBinary.run(Self.arguments + options, in: ScratchDirectory())
      try #require(result.status == 0, "\(result.errors)")
      let parsed = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
      let explanation = try #require((parsed?["explanations"] as? [[String: Any]])?.first)
      #expect(explanation["target"] as? String == "negative")
      let tokens = try #require(explanation["tokens"] as? [[String: Any]])
      #expect(tokens.map { $0["attribution"] as? Double } == tokens.map { $0["normalized"] as? Double })
    }

    /// Why one class rather than another: the difference of both classes' scores.
    @Test func contrastIsTheDifferenceOfTwoTargets() throws {
      func scores(_ options: [String]) throws -> (target: String, scores: [Double]) {
        let result = try SalienceBinary.run(
          Self.arguments + options + ["--normalize", "none", "--json"], in: ScratchDirectory())
        try #require(result.status == 0, "\(result.errors)")
        let parsed = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        let explanation = try #require((parsed?["explanations"] as? [[String: Any]])?.first)
        let tokens = try #require(explanation["tokens"] as? [[String: Any]])
        return (try #require(explanation["target"] as? String), tokens.compactMap { $0["attribution"] as? Double })
      }
      let contrast = try scores(["--contrast", "positive", "0"])
      #expect(contrast.target == "positive - negative")
      let (a, b) = (try scores(["--target", "positive"]).scores, try scores(["--target", "negative"]).scores)
      #expect(contrast.scores.count == 5 && contrast.scores.contains { $0 != 0 })
      for (difference, pair) in zip(contrast.scores, zip(a, b)) { #expect(abs(difference - (pair.0 - pair.1)) < 1e-5) }
      let all = try scores(["--keep-special", "false", "--target", "positive"]).scores
      #expect(a.first == 0 && all.first != 0)
    }

    @Test func contrastTakesTwoClassesOfTheModel() throws {
      for (options, message) in [
        (["--contrast", "positive"], "--contrast takes two"),
        (["--contrast", "positive", "negative", "--target", "positive"], "exclude each other"),
        (["--contrast", "positive", "fine"], "--contrast positive fine: model "),
        (["--keep-special", "no"], "--keep-special no: 'keep_special' must be true or false"),
      ] {
        let result = try SalienceBinary.run(Self.arguments + options, in: ScratchDirectory())
        #expect(result.status == 64 && result.output.isEmpty)
        #expect(result.errors.contains(message), "\(result.errors)")
      }
    }

    @Test func severalModelsStandOneBelowTheOther() throws {
      let other = ["--model", TinyPipeline.checkpoint("distilbert-2-f16")]
      let text = try SalienceBinary.run(Self.arguments + other, in: ScratchDirectory())
      let lines = text.output.split(separator: "\n")
      try #require(lines.count == 4, "\(text.output)\(text.errors)")
      #expect(lines[0].hasPrefix("bert-2-f32  predicted ") && lines[2].hasPrefix("distilbert-2-f16  predicted "))
      #expect(lines[1].hasPrefix("a(") && lines[3].hasPrefix("a("))
      let json = try SalienceBinary.run(Self.arguments + other + ["--json"], in: ScratchDirectory())
      let parsed = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
      let models = try #require(parsed?["models"] as? [[String: Any]])
      #expect(models.map { $0["model"] as? String } == ["bert-2-f32", "distilbert-2-f16"])
      let alone = try SalienceBinary.run(Self.arguments + ["--json"], in: ScratchDirectory())
      let only = try JSONSerialization.jsonObject(with: Data(alone.output.utf8)) as? [String: Any]
      #expect((models[0]["explanations"] as? NSArray) == (only?["explanations"] as? NSArray))
    }

    /// What `salience attribute - …` prints for bytes on standard input.
    private func piped(_ bytes: String, _ options: [String]) throws -> SalienceBinary.Result {
      let scratch = try ScratchDirectory()
      return try SalienceBinary.run(
        program: "/bin/sh", ["-c", "printf '\(bytes)' | \"$0\" \"$@\"", SalienceBinary.path, "attribute"] + options,
        in: scratch)
    }

    @Test func aDashReadsStandardInput() throws {
      let options = Array(Self.arguments.dropFirst(2))
      let given = try SalienceBinary.run(Self.arguments, in: ScratchDirectory())
      for bytes in [#"a good film\n"#, #"a good film\r\n"#, "a good film"] {
        #expect(try piped(bytes, ["-"] + options).output == given.output)
      }
      let pair = try piped("slow", ["a good film", "--pair", "-", "--json"] + options)
      #expect(pair.output.contains(#""text_pair": "slow""#), "\(pair.output)\(pair.errors)")
      let both = try piped("slow", ["-", "--pair", "-"] + options)
      #expect(both.status == 64 && both.errors.contains("only one of the two"), "\(both.errors)")
      let broken = try piped(#"\377"#, ["-"] + options)
      #expect(broken.status == 65 && broken.errors.contains("standard input: is not UTF-8"), "\(broken.errors)")
    }

    @Test(arguments: ["-5 degrees", "-bad", "--- a rule"]) func textsThatBeginWithADash(_ text: String) throws {
      let options = Array(Self.arguments.dropFirst(2))
      let wrong = try SalienceBinary.run(["attribute", text] + options, in: ScratchDirectory())
      #expect(wrong.status == 64 && wrong.errors.contains("stands behind '--'"), "\(wrong.errors)")
      let right = try SalienceBinary.run(["attribute"] + options + ["--json", "--", text], in: ScratchDirectory())
      #expect(right.status == 0, "\(right.errors)")
    }

    @Test func answersAreShownOnceAndThenTheirEnds() throws {
      let reader = "\(SalienceBinary.packageRoot)/models/reader"
      let result = try SalienceBinary.run(
        ["attribute", "Where is the book?", "--pair", "The book is on the table.", "--model", reader, "--steps", "2"],
        in: ScratchDirectory())
      let lines = result.output.split(separator: "\n")
      try #require(lines.count == 5, "\(result.output)\(result.errors)")
      #expect(lines[0].hasPrefix("predicted '") && lines[0].hasSuffix("  method integrated-gradients"))
      #expect(lines[1].hasPrefix("  target start at ") && lines[3].hasPrefix("  target end at "))
    }

    private static let python = ProcessInfo.processInfo.environment["SALIENCE_PYTHON"]

    /// The colours of the strongest word, 28 and 46 of the palette, follow the background that the terminal tells of.
    @Test(
      .enabled(if: python != nil, "SALIENCE_PYTHON names no Python"),
      arguments: [
        ("rgb:ffff/ffff/ffff", [String](), ";48;5;28m"), ("rgb:1e/1e/2e", [], ";48;5;46m"), ("none", [], ";48;5;46m"),
        ("typed", [], ";48;5;46m"), ("typed", ["--background", "light"], ";48;5;28m"),
      ])
    func coloursFollowTheTerminal(_ background: String, _ options: [String], _ color: String) throws {
      let script = "\(SalienceBinary.packageRoot)/Tests/SalienceEndToEndTests/Python/answering_terminal.py"
      let result = try SalienceBinary.run(
        program: try #require(Self.python), [script, background, SalienceBinary.path] + Self.arguments + options,
        environment: ["TERM": "xterm-256color", "COLORTERM": "", "NO_COLOR": "", "COLORFGBG": ""],
        in: ScratchDirectory())
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains(color), "\(result.output)")
    }
  }
}
