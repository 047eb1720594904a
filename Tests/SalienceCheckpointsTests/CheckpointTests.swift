import SalienceCheckpoints
import SalienceTestSupport
import Testing

@Suite struct CheckpointTests {
  let directory: TemporaryDirectory
  let config = #"{"model_type":"bert","architectures":["BertForSequenceClassification"]}"#

  init() throws { directory = try TemporaryDirectory() }

  func tensor(_ name: String) -> [UInt8] {
    safetensors(#"{"\#(name)":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, data: 4)
  }

  func error(opening name: String, cache: HubCache = HubCache(environment: { _ in nil })) -> CheckpointError? {
    #expect(throws: CheckpointError.self) { try Checkpoint(directory: name, cache: cache) }
  }

  @Test func opensASingleFile() throws {
    try directory.write("m/config.json", config)
    try directory.write("m/model.safetensors", tensor("a"))
    try directory.write("m/tokenizer.json", "{}")
    let checkpoint = try Checkpoint(directory: directory.path + "/m/")
    #expect(checkpoint.name == "m")
    #expect(try checkpoint.config.modelType == "bert")
    #expect(checkpoint.parameters.names == ["a"])
    let names = ["config.json", "model.safetensors", "tokenizer.json"]
    #expect(checkpoint.files == names.map { checkpoint.directory + "/" + $0 })
  }

  @Test func opensShards() throws {
    try directory.write("config.json", config)
    try directory.write("model-1.safetensors", tensor("a"))
    try directory.write("model-2.safetensors", tensor("b"))
    let index = try directory.write(
      "model.safetensors.index.json",
      #"{"metadata":{"total_size":8},"weight_map":{"a":"model-1.safetensors","b":"model-2.safetensors"}}"#)
    let checkpoint = try Checkpoint(directory: directory.path)
    #expect(checkpoint.parameters.names == ["a", "b"])
    #expect(checkpoint.files.contains(index))
    #expect(checkpoint.files.count == 4)
  }

  /// They could change the model, so they are judged like all others.
  @Test func tensorsThatTheIndexLeavesOutAreNoticed() throws {
    try directory.write("config.json", config)
    try directory.write("model-1.safetensors", tensor("a"))
    let header =
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"lora_A":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#
    try directory.write("model-2.safetensors", safetensors(header, data: [UInt8](repeating: 0, count: 8)))
    try directory.write(
      "model.safetensors.index.json", #"{"weight_map":{"a":"model-1.safetensors","b":"model-2.safetensors"}}"#)
    #expect(error(opening: directory.path)?.tensor == "b")
    try directory.write("model-3.safetensors", tensor("b"))
    try directory.write(
      "model.safetensors.index.json",
      #"{"weight_map":{"a":"model-1.safetensors","b":"model-3.safetensors","d":"model-2.safetensors"}}"#)
    #expect(error(opening: directory.path)?.tensor == "d")
    try directory.write(
      "model.safetensors.index.json",
      #"{"weight_map":{"a":"model-2.safetensors","b":"model-3.safetensors"}}"#)
    #expect(try Checkpoint(directory: directory.path).parameters.names == ["a", "b", "lora_A"])
  }

  @Test(arguments: [
    (#"{"a":"model-1.safetensors","c":"model-1.safetensors"}"#, CheckpointError.Code.invalid, "c" as String?),
    (#"{"a":"../model-1.safetensors"}"#, .invalid, "a"), (#"{"a":"/etc/passwd"}"#, .invalid, "a"),
    (#"{"a":".."}"#, .invalid, "a"), (#"{"a":1}"#, .invalid, "a"), (#"{"a":""}"#, .invalid, "a"),
    (#"{"a":"model-9.safetensors"}"#, .missing, nil), ("{}", .invalid, nil), ("[]", .invalid, nil),
    (#"{"a":"x","a":"x"}"#, .invalid, nil),
  ])
  func rejectsBadIndexes(map: String, code: CheckpointError.Code, name: String?) throws {
    try directory.write("config.json", config)
    try directory.write("model-1.safetensors", tensor("a"))
    try directory.write("model.safetensors.index.json", #"{"weight_map":\#(map)}"#)
    let error = error(opening: directory.path)
    #expect(error?.code == code)
    #expect(error?.tensor == name)
  }

  @Test func saysWhatIsMissing() throws {
    #expect(error(opening: directory.path + "/none")?.description == directory.path + "/none: no such directory")
    #expect(error(opening: directory.path)?.description == directory.path + "/config.json: no such file")
    let file = try directory.write("config.json", config)
    let error = error(opening: directory.path)
    #expect(error?.code == .missing)
    #expect(error?.description == directory.path + "/model.safetensors: no such file")
    #expect(self.error(opening: file)?.message == "not a directory")
  }

  @Test(arguments: ["pytorch_model.bin", "model.pt", "pytorch_model.bin.index.json"])
  func refusesPickles(name: String) throws {
    try directory.write("it's/config.json", config)
    try directory.write("it's/" + name, [0x80, 0x02])
    let error = error(opening: directory.path + "/it's")
    #expect(error?.code == .unsupported)
    #expect(error?.file?.hasSuffix(name) == true)
    #expect(error?.message.contains("transformers.BertForSequenceClassification.from_pretrained") == true)
    #expect(error?.message.hasSuffix(#"/it'\''s'"#) == true)
  }

  @Test(arguments: [
    (["adapter_config.json", "adapter_model.safetensors"], "an adapter alone: merge it into the model "),
    (["config.json", "tf_model.h5"], "weights are read from model.safetensors, which is missing"),
    (["config.json", "flax_model.msgpack"], "weights are read from model.safetensors, which is missing"),
  ])
  func tellsWhatThereIsInPlaceOfWeights(files: [String], message: String) throws {
    for name in files { try directory.write(name, config) }
    let error = error(opening: directory.path)
    #expect(error?.code == .unsupported && error?.message.hasPrefix(message) == true)
    #expect(error?.file == directory.path + "/" + (files[0] == "config.json" ? files[1] : files[0]))
  }

  @Test func putsNothingForeignIntoTheCommand() throws {
    try directory.write("config.json", #"{"architectures":["x'; rm -rf /; '"]}"#)
    try directory.write("pytorch_model.bin", [0x80])
    #expect(error(opening: directory.path)?.message.contains("transformers.AutoModel.from_pretrained") == true)
  }

  @Test func resolvesNamesInTheCache() throws {
    let snapshot = "hub/models--org--name/snapshots/abc123"
    try directory.write("hub/models--org--name/refs/main", "abc123\n")
    try directory.write(snapshot + "/config.json", config)
    try directory.write(snapshot + "/model.safetensors", tensor("a"))
    let hub = directory.path + "/hub"
    let environments = [
      ["HF_HUB_CACHE": hub, "HF_HOME": "/nowhere"], ["HF_HOME": directory.path, "HF_HUB_CACHE": ""],
      ["HUGGINGFACE_HUB_CACHE": hub],
    ]
    for environment in environments {
      let checkpoint = try Checkpoint(directory: "org/name", cache: HubCache { environment[$0] })
      #expect(checkpoint.directory == directory.path + "/" + snapshot)
      #expect(checkpoint.name == "name")
    }
    #expect(HubCache { ["XDG_CACHE_HOME": "/x"][$0] }.directory == "/x/huggingface/hub")
    #expect(HubCache { ["HOME": "/h"][$0] }.directory == "/h/.cache/huggingface/hub")
    let cache = HubCache { ["HF_HUB_CACHE": hub][$0] }
    #expect(error(opening: "org/other", cache: cache)?.code == .missing)
    #expect(error(opening: "org/none")?.code == .missing)
    for name in ["org/../name", "../org/none/../x", "org/..", "", "no/such/../dir"] {
      #expect(error(opening: name, cache: cache)?.code == .usage, "\(name)")
    }
    try directory.write("hub/models--org--name/refs/main", "../../../etc")
    #expect(error(opening: "org/name", cache: cache)?.code == .invalid)
    try directory.write("hub/models--org--name/refs/main", "def")
    #expect(error(opening: "org/name", cache: cache)?.code == .missing)
  }
}
