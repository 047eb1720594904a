import SaliencePipeline
import Testing

/// Keys of `dataset` that say how files are written.
@Suite struct DatasetKeysTests {
  private func dataset(_ members: String) throws -> Pipeline {
    try PipelineFile.parse(
      """
      models: m
      dataset: {\(members), columns: {text: text}}
      methods: [{name: integrated-gradients}]
      output: {directory: out}
      """, path: "p.yaml")
  }

  @Test func readsHowFilesAreWritten() throws {
    let plain = try dataset("path: a.csv")
    #expect(plain.dataset.options.delimiter == nil && plain.dataset.options.quote == nil)
    #expect(plain.resolved["dataset"]?["quote"]?.isNull == true)
    let all = try dataset("path: a.txt, format: tsv, delimiter: ';', quote: none, header: [id, text]")
    #expect(all.dataset.options.format == .tsv && all.dataset.options.delimiter == 0x3B)
    #expect(all.dataset.options.quote == .plain && all.dataset.options.header == ["id", "text"])
    #expect(all.resolved["dataset"]?["quote"]?.stringValue == "none")
    #expect(all.resolved["dataset"]?["delimiter"]?.stringValue == ";")
    #expect(try dataset("path: a.csv, quote: '\"'").dataset.options.quote == .enclosing)
    for tab in ["tab", "\"\\t\"", "'\\t'"] {
      #expect(try dataset("path: a.csv, delimiter: \(tab)").dataset.options.delimiter == 0x09)
    }
    #expect(try dataset("path: '-', format: jsonl").dataset.isStandardInput)
  }

  @Test(arguments: [
    ("path: a.csv, delimiter: ';;'", "'dataset.delimiter' must be one character"),
    ("path: a.csv, delimiter: '\"'", "'dataset.delimiter' must be one character"),
    ("path: a.csv, delimiter: é", "'dataset.delimiter' must be one character"),
    ("path: a.csv, quote: single", "'dataset.quote' must be none or '\"', not a string"),
    ("path: a.csv, header: [a, b, a]", "'dataset.header' names 'a' twice"),
    ("path: a.csv, format: xml", "'dataset.format' must be one of csv, tsv, jsonl, json, not 'xml'"),
    ("path: [a.json, b.jsonl.gz], quote: none", "'dataset.quote' is no setting of JSON"),
    ("path: '-'", "the key 'dataset.format' is required for standard input: one of csv, tsv, jsonl, json"),
    ("path: [a.csv, '-'], format: csv", "'dataset.path' must be '-' alone to read standard input"),
    ("path: data/$NAME.csv", "'dataset.path' has a variable in it"),
    ("path: '${HOME}/a.csv'", "'dataset.path' has a variable in it"),
    ("path: ~nobody-of-that-name/a.csv", "'dataset.path' begins with ~nobody-of-that-name, whose home directory"),
  ])
  func refusesWhatCannotBe(_ members: String, _ message: String) throws {
    let error = try #require(throws: PipelineError.self) { try dataset(members) }
    #expect(error.kind == .usage && error.description.hasPrefix("p.yaml:2: "))
    #expect(error.message.hasPrefix(message), "\(error)")
  }
}
