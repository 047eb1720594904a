import Foundation
import Testing

extension EndToEndTests {
  /// What no row could be scored with is told before the first one, and what some rows fail with by `check`.
  @Suite struct MisaskedTask {
    private static func family(_ name: String) -> String {
      "\(SalienceBinary.packageRoot)/Tests/Fixtures/families/\(name)"
    }

    private func expect(
      _ result: SalienceBinary.Result, exits status: Int32, saying parts: [String],
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      #expect(result.status == status, "\(result.errors)", sourceLocation: sourceLocation)
      #expect(result.output.isEmpty, sourceLocation: sourceLocation)
      #expect(result.errorLines.count == 1, "\(result.errors)", sourceLocation: sourceLocation)
      for part in parts {
        #expect(result.errors.contains(part), "\(part) in \(result.errors)", sourceLocation: sourceLocation)
      }
    }

    @Test(arguments: ["run", "check"]) func questionsTakeAContext(_ command: String) throws {
      let tiny = try TinyPipeline()
      let reader = Self.family("bert-question-answering")
      expect(
        try SalienceBinary.run([command, tiny.path, "--model", reader], in: tiny.scratch), exits: 64,
        saying: ["\(tiny.path):5: the key 'dataset.columns.context' is required"])
      expect(
        try SalienceBinary.run(["attribute", "Where?", "--model", reader], in: tiny.scratch), exits: 64,
        saying: ["--pair TEXT"])
      #expect(!FileManager.default.fileExists(atPath: tiny.output))
    }

    @Test func targetsThatNoRowHasAreUsageErrors() throws {
      let tiny = try TinyPipeline()
      expect(
        try tiny.run("--set", "methods.0.target=label"), exits: 64,
        saying: ["--set methods.0.target=label: 'methods.0.target' is label, for which 'dataset.columns.label'"])
      expect(
        try tiny.run("--set", "methods.0.target=maximum"), exits: 64,
        saying: ["'methods.0.target': model ", "no class 'maximum' among the model's 2: negative, positive"])
      #expect(!FileManager.default.fileExists(atPath: tiny.output))
    }

    @Test(arguments: ["integrated-gradients", "gradient-x-input"])
    func aRegressionHasNoProbabilityToExplain(_ method: String) throws {
      let tiny = try TinyPipeline(steps: method == "gradient-x-input" ? "reduction: l2" : "steps: 4")
      let model = Self.family("roberta-regression")
      let told = "model \(model): the model is a regression, whose output is a number without a probability"
      for command in ["run", "check"] {
        expect(
          try SalienceBinary.run(
            [
              command, tiny.path, "--model", model, "--set", "methods.0.name=\(method)", "--set",
              "methods.0.output=probability",
            ], in: tiny.scratch), exits: 64,
          saying: ["--set methods.0.output=probability: 'methods.0.output': \(told)"])
      }
      expect(
        try SalienceBinary.run(
          ["attribute", "good", "--model", model, "--method", method, "--output", "probability"], in: tiny.scratch),
        exits: 64, saying: ["--output probability: \(told)"])
      #expect(!FileManager.default.fileExists(atPath: tiny.output))
    }

    @Test func settingsOfAnotherTaskAreNotPassedOver() throws {
      let tiny = try TinyPipeline()
      expect(
        try tiny.run("--set", "generation.max_new_tokens=5"), exits: 64,
        saying: ["--set generation.max_new_tokens=5: 'generation' is no setting of what ", "bert-2-f32", "'task'"])
      expect(try tiny.run("--set", "answers.stride=5"), exits: 64, saying: ["'answers' is no setting of"])
    }

    @Test func aTensorThatIsNotThereNamesTheModel() throws {
      let tiny = try TinyPipeline()
      let model = try tiny.scratch.copy(checkpoint: "bert-2-f32")
      let config = "\(model)/config.json"
      let text = try String(contentsOfFile: config, encoding: .utf8)
      try tiny.scratch.write(
        text.replacing("\"negative\"", with: "\"nega\\ntive\"")
          .replacing("\"id2label\": {", with: "\"id2label\": {\"2\": \"x\","),
        to: "bert-2-f32/config.json")
      for command in [["run", tiny.path, "--quiet"], ["check", tiny.path], ["attribute", "good"]] {
        let result = try SalienceBinary.run(command + ["--model", model], in: tiny.scratch)
        expect(result, exits: 65, saying: ["salience: error: \(model): tensor classifier."])
      }
      // A name with a line end in it stays on one line.
      expect(
        try tiny.run("--model", model, "--set", "methods.0.target=fine"), exits: 64,
        saying: [#"nega\ntive, positive, x"#])
    }

    @Test func checkTellsOfRowsThatCannotBeScored() throws {
      let tiny = try TinyPipeline(dataset: "id,text\na,The [MASK] is\nb,no mask\nc,two,many\nd,[MASK]\n")
      let mask = ["check", tiny.path, "--model", Self.family("bert-masked-lm")]
      let result = try SalienceBinary.run(mask, in: tiny.scratch)
      #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
      #expect(
        result.output.contains(
          "2 of the 4 rows looked at cannot be scored:\n      \(tiny.scratch.path)/texts.csv, row 1, line 3, byte 24: the"
            + " text has no [MASK] to fill\n      \(tiny.scratch.path)/texts.csv, row 2, line 4, "), "\(result.output)")
      let json = try SalienceBinary.run(mask + ["--json"], in: tiny.scratch)
      let plan = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
      let model = try #require((plan?["models"] as? [[String: Any]])?.first)
      let rows = try #require(model["bad_rows"] as? [[String: Any]])
      #expect(plan?["sampled_rows"] as? Int == 4 && model["probed_rows"] as? Int == 2)
      #expect(rows.map { $0["row"] as? Int } == [1, 2])
      #expect(rows.map { $0["stage"] as? String } == ["tokenize", "read"])
      #expect(rows.map { $0["example_id"] as? String } == ["b", "c"])
    }

    @Test func aRunTellsWhereItsBadRowsAre() throws {
      let tiny = try TinyPipeline(dataset: "id,text\na,good\nb,too,many\n")
      let few = try SalienceBinary.run(["run", tiny.path, "--max-bad-rows", "1"], in: tiny.scratch)
      #expect(few.status == 0)
      #expect(few.errors.contains("1 could not be scored (\(tiny.output)/errors says why)"), "\(few.errors)")
      expect(
        try tiny.run("--overwrite"), exits: 65,
        saying: ["1 of 2 rows could not be scored, more than max_bad_rows 1%; \(tiny.output)/errors says why"])
    }
  }
}
