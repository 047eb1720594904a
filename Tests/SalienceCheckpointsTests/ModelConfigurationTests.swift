import SalienceCheckpoints
import SalienceJSON
import SalienceTestSupport
import Testing

@Suite struct ModelConfigurationTests {
  func configuration(_ text: String) throws -> ModelConfiguration {
    try ModelConfiguration(json: JSONValue(parsing: text), file: "m/config.json")
  }

  @Test func looksUpTypedValues() throws {
    let config = try configuration(
      #"{"dim":64,"eps":1e-12,"hidden_act":"gelu","n":null,"flag":true,"architectures":["A","B"],"model_type":"x"}"#)
    #expect(try config.integer("hidden_size", "dim") == 64)
    #expect(try config.size("dim", upTo: 64) == 64)
    #expect(try config.number("eps") == 1e-12)
    #expect(try config.number("dim") == 64)
    #expect(try config.string("hidden_act") == "gelu")
    #expect(try config.boolean("flag", default: false))
    #expect(try config.integer("n", default: 3) == 3)
    #expect(try config.integer("n", "dim") == 64)
    #expect(config.architectures == ["A", "B"])
    #expect(config.value("n") == nil)
  }

  @Test func oneKeyMayBeSetOtherwise() throws {
    let config = try configuration(#"{"tie_word_embeddings":true,"dim":64}"#)
    let changed = try config.setting("tie_word_embeddings", to: false).setting("new", to: 3)
    #expect(try !changed.boolean("tie_word_embeddings", default: true))
    #expect(try changed.integer("dim") == 64 && changed.integer("new") == 3)
    #expect(changed.file == config.file)
  }

  @Test func errorsNameFileAndKey() throws {
    let config = try configuration(#"{"dim":"64","zero":0}"#)
    #expect(throws: CheckpointError.self) { try config.modelType }
    let wrong = #expect(throws: CheckpointError.self) { try config.integer("dim") }
    #expect(wrong?.description == "m/config.json: key 'dim' must be an integer, not this string")
    let missing = #expect(throws: CheckpointError.self) { try config.integer("hidden_size", "n_embd") }
    #expect(missing?.description == "m/config.json: key 'hidden_size' or 'n_embd' is missing")
    #expect(throws: CheckpointError.self) { try config.size("zero", upTo: 64) }
    #expect(throws: CheckpointError.self) { try config.integer("dim", default: 1) }
    #expect(throws: CheckpointError.self) { try configuration("[]") }
  }

  @Test(arguments: [
    (#"{"id2label":{"1":"POSITIVE","0":"NEGATIVE"},"num_labels":5}"#, ["NEGATIVE", "POSITIVE"]),
    ("{}", ["LABEL_0", "LABEL_1"]), (#"{"num_labels":3}"#, ["LABEL_0", "LABEL_1", "LABEL_2"]),
    (#"{"id2label":null,"num_labels":1}"#, ["LABEL_0"]), (#"{"id2label":{"0":7}}"#, ["7"]),
  ])
  func namesLabels(text: String, names: [String]) throws {
    #expect(try configuration(text).labelNames == names)
    #expect(try configuration(text).labelCount == names.count)
  }

  @Test(arguments: [
    #"{"id2label":{"0":"a","2":"b"}}"#, #"{"id2label":{"a":"b"}}"#, #"{"id2label":{"0":"a","0":"b"}}"#,
    #"{"id2label":["a"]}"#, #"{"id2label":{"0":null}}"#, #"{"num_labels":-1}"#, #"{"num_labels":1000000000000}"#,
    #"{"num_labels":"2"}"#, #"{"id2label":{"9223372036854775807":"a"}}"#,
  ])
  func rejectsBadLabels(text: String) throws {
    let error = #expect(throws: CheckpointError.self) { try configuration(text).labelNames }
    #expect(error?.code == .invalid)
  }

  @Test func rejectsWhatIsNotJSON() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("config.json", "{\"a\": NaN}")
    let error = #expect(throws: CheckpointError.self) { try ModelConfiguration(file: path) }
    #expect(error?.description == "\(path): not JSON: no JSON value begins here at byte 6")
    #expect(throws: CheckpointError.self) { try ModelConfiguration(file: path + "x") }
  }
}
