import SalienceAttribution
import SaliencePipeline
import Testing

/// What is YAML is the parser's to say; what of it is read, and where a fault lies, is tested here.
@Suite("YAML of pipeline files and options")
struct YAMLTests {
  private func message(_ yaml: String) throws -> String {
    try #require(throws: PipelineError.self) { _ = try PipelineFile.parse(yaml, path: "p.yaml") }.description
  }

  @Test(
    "Faults are named by line",
    arguments: [
      ("a: 1\nb: [1, 2\nc: 3\n", "p.yaml:3: not YAML: did not find expected ',' or ']'"),
      ("a: 1\n\tb: 2\n", "p.yaml:2: not YAML: found a tab character that violates indentation"),
      ("a: 'x\n", "p.yaml:2: not YAML: found unexpected end of stream"),
      ("a: 1\n- b\n", "p.yaml:2: not YAML: did not find expected key"),
      ("a: 1\n---\nb: 2\n", "p.yaml:2: not YAML: but found another document"),
      ("a: \u{1}\n", "p.yaml: not YAML: control characters are not allowed"),
      ("x: 1\nb: 1\na: 2\n'a': 3\nb: 4\n", "p.yaml:3: key 'a', 'b' stands twice in one mapping"),
      ("a:\n  - {c: 1, c: 2}\n", "p.yaml:2: key 'c' stands twice in one mapping"),
      ("a: 1\n? [b, c]\n: 1\n", "p.yaml:2: a key must be a string"),
      ("a: *b\n", "p.yaml:1: anchors and aliases are not read: write out what 'b' stands for"),
    ])
  func faults(yaml: String, expected: String) throws {
    #expect(try message(yaml) == expected)
  }

  @Test("Lists, mappings and texts of several lines keep their lines, and only plain words are null")
  func values() throws {
    let text = """
      name: ~
      models:
        - 'null'
        - "1"
      dataset:
        path: x.csv
        columns: {text: t}
      methods:
        - name: integrated-gradients
          target: >-
            two
            words
      output: {directory: out}
      """
    let pipeline = try PipelineFile.parse(text, path: "p.yaml")
    #expect(pipeline.name == "p" && pipeline.models == ["null", "1"])
    #expect(pipeline.methods.map(\.method.target) == [.class(.name("two words"))])
    #expect(pipeline.origins.place(of: "methods.0.target") == "p.yaml:10")
    #expect(pipeline.origins.place(of: "models") == "p.yaml:3")
  }

  @Test("A text without a document is an empty mapping", arguments: ["", " \n", "# no\n"])
  func nothing(yaml: String) throws {
    #expect(try message(yaml) == "p.yaml:1: the key 'models' is required")
  }

  @Test(
    "Faults of an option's value are named by its option",
    arguments: [
      ("[1", "the value is not YAML"), ("--- a\n--- b", "the value is not YAML"),
      ("{a: 1, a: 2}", "key 'a' stands twice in one mapping"), ("[[[[[[[[[[[[[[[[[a", "nested too deeply"),
      ("{[a]: 1}", "a key must be a string"),
    ])
  func optionFaults(value: String, expected: String) {
    let error = #expect(throws: PipelineError.self) {
      _ = try PipelineFile.parse("", path: "p.yaml", overrides: [try PipelineOverride(set: "models=\(value)")])
    }
    #expect(error?.description == "--set models=\(value): \(expected)")
  }
}
