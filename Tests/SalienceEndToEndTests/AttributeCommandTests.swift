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
      let coloured = try Self.onTerminal(environment: ["TERM": "xterm", "NO_COLOR": ""])
      #expect(coloured.contains("\u{1B}["))
      #expect(coloured.contains("good"))
      let plain = try Self.onTerminal(environment: ["TERM": "xterm", "NO_COLOR": "1"])
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
      (["--target", "7"], "--target 7: model "), (["--target", "label"], "--target label: a single text has no label"),
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

    /// What the command prints on a pseudo-terminal; the text is far below what one buffers.
    private static func onTerminal(environment: [String: String]) throws -> String {
      let primary = open("/dev/ptmx", O_RDWR | O_NOCTTY)
      try #require(primary >= 0)
      defer { close(primary) }
      // TIOCSPTLCK and TIOCGPTN of Linux's ioctl_tty(2): Swift imports neither these macros nor posix_openpt.
      var locked: Int32 = 0
      var number: Int32 = -1
      let unlocked = ioctl(primary, 0x4004_5431, &locked)
      let numbered = ioctl(primary, 0x8004_5430, &number)
      try #require(unlocked == 0 && numbered == 0 && number >= 0)
      let secondary = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
      try #require(secondary >= 0)
      let terminal = FileHandle(fileDescriptor: secondary, closeOnDealloc: true)
      let result = try SalienceBinary.run(
        arguments, environment: environment, in: ScratchDirectory(), standardOutput: terminal)
      try #require(result.status == 0, "\(result.errors)")
      var bytes = [UInt8](repeating: 0, count: 65_536)
      let count = read(primary, &bytes, bytes.count)
      return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
  }
}
