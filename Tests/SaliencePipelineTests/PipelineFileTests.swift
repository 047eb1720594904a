import SalienceAttribution
import SalienceFoundation
import SalienceJSON
import SaliencePipeline
import SalienceReports
import SalienceTestSupport
import Testing

private let complete = """
  name: demo
  models: [models/a, models/b]
  task: text-classification
  dataset:
    path: [data/x.csv, data/y.csv]
    columns: {id: id, text: body, text_pair: null, label: label}
    max_length: 128
    over_long: quarantine
  methods:
    - name: integrated-gradients
      id: ig
      steps: 20
      quadrature: trapezoid
      baseline: "[MASK]"
      keep_special: false
      normalize: l2-full
      target: {contrast: [POSITIVE, 0]}
      layer: encoder layer 2
    - name: integrated-gradients
      target: "1"
  device: vulkan:1
  precision: f32
  output: {directory: out/demo, formats: [parquet, csv], compression: none, text: false, words: maximum}
  max_bad_rows: 5
  """

private let minimal = """
  models: m
  dataset: {path: d.csv, columns: {text: text}}
  methods: [{name: integrated-gradients}]
  output: {directory: out}
  """

@Suite struct PipelineFileTests {
  @Test func readsEveryKey() throws {
    let pipeline = try PipelineFile.parse(complete, path: "demo.yaml")
    #expect(pipeline.models == ["models/a", "models/b"])
    #expect(pipeline.dataset.paths == ["data/x.csv", "data/y.csv"])
    #expect(pipeline.dataset.columns.text == "body")
    #expect(pipeline.dataset.columns.textPair == nil)
    #expect(pipeline.dataset.maxLength == 128)
    #expect(pipeline.dataset.overLong == .quarantine)
    let method = try #require(pipeline.methods.first).integratedGradients()
    #expect(method.rule == .fixed(steps: 20, quadrature: .trapezoid))
    #expect(method.baseline == .token("[MASK]"))
    #expect(!method.keepSpecial)
    #expect(method.target == .contrast(.name("POSITIVE"), .index(0)))
    #expect(method.layer == .encoder(2))
    #expect(pipeline.methods[1].method.target == .class(.name("1")))
    #expect(pipeline.methods[1].id == "integrated-gradients")
    #expect(pipeline.device == .vulkan(1))
    #expect(pipeline.output.formats == [.parquet, .csv])
    #expect(!pipeline.output.text)
    #expect(pipeline.output.words == .maximum)
    #expect(pipeline.resolved["output"]?["words"]?.stringValue == "maximum")
    #expect(pipeline.maxBadRows == .rows(5))
    #expect(pipeline.resolved["methods"]?[0]?["quadrature"]?.stringValue == "trapezoid")
  }

  @Test func readsColumnsToKeep() throws {
    let columns = "columns: {text: text, keep: [split, source]}"
    let text = minimal.replacing("columns: {text: text}", with: columns)
    let pipeline = try PipelineFile.parse(text, path: "p.yaml")
    #expect(pipeline.dataset.columns.keep == ["split", "source"])
    #expect(pipeline.resolved["dataset"]?["columns"]?["keep"]?[1]?.stringValue == "source")
    #expect(try PipelineFile.parse(minimal, path: "p.yaml").resolved["dataset"]?["columns"]?["keep"]?.isNull == true)
    let error = try #require(throws: PipelineError.self) {
      try PipelineFile.parse(text.replacing("source", with: "split"), path: "p.yaml")
    }
    #expect(error.description == "p.yaml:2: 'dataset.columns.keep' names 'split' twice")
  }

  @Test func fillsInDefaults() throws {
    let pipeline = try PipelineFile.parse(minimal, path: "a/night.yaml")
    #expect(pipeline.name == "night")
    #expect(pipeline.models == ["m"])
    let method = try pipeline.methods[0].integratedGradients()
    #expect(method.rule == .fixed(steps: 50, quadrature: .gaussLegendre))
    #expect(method.baseline == .pad)
    #expect(method.target == .predicted)
    #expect(pipeline.output.formats == [.parquet])
    #expect(pipeline.output.words == nil)
    #expect(pipeline.maxBadRows == .percent(1))
    #expect(pipeline.device == .auto)
  }

  /// What stands in `complete`, what is put in its place, and how the error begins.
  private static let faults: [(original: String, replacement: String, message: String)] = [
    ("steps: 20", "stpes: 20", "demo.yaml:12: unknown key 'stpes' in 'methods.0'; the nearest is 'steps'"),
    ("steps: 20", "steps: many", "demo.yaml:12: 'methods.0.steps' must be a whole number"),
    ("steps: 20", "steps: 0", "demo.yaml:12: 'methods.0.steps' must be a whole number from 1"),
    ("quadrature: trapezoid", "quadrature: trapez", "demo.yaml:13: 'methods.0.quadrature' must be one of"),
    ("words: maximum", "words: max", "demo.yaml:23: 'output.words' must be one of sum, mean, maximum, not 'max'"),
    ("keep_special: false", "keep_special: \"no\"", "demo.yaml:15: 'methods.0.keep_special' must be true or false"),
    ("text: body", "test: body", "demo.yaml:6: unknown key 'test' in 'dataset.columns'; the nearest is 'text'"),
    ("precision: f32", "precision: f64", "demo.yaml:22: 'precision' must be one of f32, bf16, f16, not 'f64'"),
    ("task: text-classification", "task: fill-masks", "demo.yaml:3: 'task' must be one of"),
    ("quadrature: trapezoid", "tolerance: 0.01", "demo.yaml:13: 'methods.0.tolerance' cannot stand beside"),
    ("steps: 20", "steps: 1e9", "demo.yaml:12: 'methods.0.steps' must be a whole number from 1 to 100000, not 1e9"),
    (
      "steps: 20\n    quadrature: trapezoid", "tolerance: 0",
      "demo.yaml:12: 'methods.0.tolerance' must be a number above 0, not 0"
    ),
    (
      "name: demo", "generation: {temperature: 0.0}",
      "demo.yaml:1: 'generation.temperature' must be a number above 0, not 0.0; leave it out to take the likeliest"
    ),
    ("contrast: [POSITIVE, 0]", "contrast: [POSITIVE]", "demo.yaml:17: 'methods.0.target.contrast' must be a list"),
    ("device: vulkan:1", "device: vulcan", "demo.yaml:21: 'device' must be auto, cpu, vulkan, vulkan:N or vulkan:UUID"),
    ("id: ig", "id: ../ig", "demo.yaml:11: 'methods.0.id' must be letters"),
    ("id: ig", "id: integrated-gradients", "demo.yaml:19: two methods have the id"),
    ("name: demo", "name: demo\nname: other", "demo.yaml:"),
    ("name: demo", "name: [", "demo.yaml:"),
    ("max_bad_rows: 5", "max_bad_rows: 101%", "demo.yaml:24: 'max_bad_rows' must be"),
    (
      "columns: {id: id, text: body, text_pair: null, label: label}", "columns: {id: id}",
      "demo.yaml:6: the key 'dataset.columns.text' is required"
    ),
  ]

  @Test(arguments: faults.map { Named("\($0.original) -> \($0.replacement)", $0) })
  func namesFileLineAndKey(_ fault: Named<(original: String, replacement: String, message: String)>) throws {
    let (original, replacement, message) = fault.value
    let text = complete.replacing(original, with: replacement, maxReplacements: 1)
    #expect(text != complete)
    let error = try #require(throws: PipelineError.self) { try PipelineFile.parse(text, path: "demo.yaml") }
    #expect(error.kind == .usage)
    #expect(error.description.hasPrefix(message), "\(error)")
    #expect(!error.description.contains("\n"))
  }

  @Test func targetsOfLabelsTakeAColumnOfLabels() throws {
    let text = minimal.replacing("gradients}", with: "gradients, target: label}")
    let error = try #require(throws: PipelineError.self) { try PipelineFile.parse(text, path: "p.yaml") }
    #expect(error.kind == .usage)
    #expect(
      error.description
        == "p.yaml:3: 'methods.0.target' is label, for which 'dataset.columns.label' must name the column of labels")
    let labelled = text.replacing("{text: text}", with: "{text: text, label: stars}")
    #expect(try PipelineFile.parse(labelled, path: "p.yaml").methods[0].method.target == .label)
    let answers = text.replacing("{path: d.csv, columns: {text: text}}", with: "{path: d.json}")
    #expect(try PipelineFile.parse(answers, path: "p.yaml").methods[0].method.target == .label)
  }

  @Test func aByteOrderMarkIsNoPartOfTheFile() throws {
    let text = "\u{FEFF}" + complete.replacing("\n", with: "\r\n")
    #expect(try PipelineFile.parse(text, path: "demo.yaml") == PipelineFile.parse(complete, path: "demo.yaml"))
  }

  @Test func overridesTakePlaceBeforeDecoding() throws {
    let overrides = [
      try PipelineOverride(set: "methods.0.steps=8"), try PipelineOverride(set: "output.formats=[csv]"),
      try PipelineOverride(set: "dataset.columns.label=stars"),
      PipelineOverride(option: "--model", path: "models", values: ["x: y/m1", "m2"]),
      PipelineOverride(option: "--device cpu", path: "device", values: ["cpu"]),
    ]
    let pipeline = try PipelineFile.parse(minimal, path: "p.yaml", overrides: overrides)
    #expect(try pipeline.methods[0].integratedGradients().rule == .fixed(steps: 8, quadrature: .gaussLegendre))
    #expect(pipeline.output.formats == [.parquet, .csv])
    #expect(pipeline.dataset.columns.label == "stars")
    #expect(pipeline.models == ["x: y/m1", "m2"])
    #expect(pipeline.device == .cpu)
  }

  @Test(arguments: [
    "methods.0.stpes=8", "methods.1.steps=8", "methods.0.steps=x", "name.x=1", "methods.0.target.contrast.x=1",
  ])
  func overrideErrorsNameTheOption(_ argument: String) throws {
    let error = try #require(throws: PipelineError.self) {
      try PipelineFile.parse(minimal + "\nname: n", path: "p.yaml", overrides: [try PipelineOverride(set: argument)])
    }
    #expect(error.kind == .usage)
    #expect(error.description.hasPrefix("--set \(argument): "), "\(error)")
  }

  @Test(arguments: [
    ("foo=abc", "unknown key 'foo'; known are name, models, task, pooling, tensor_prefix,"),
    ("model=m", "unknown key 'model'; the nearest is 'models'"),
    ("output_dir=x", "unknown key 'output_dir'; the nearest is 'output'"),
    ("dataset.max_lenght=3", "unknown key 'max_lenght' in 'dataset'; the nearest is 'max_length'"),
    ("methods.0.foo=3", "unknown key 'foo' in 'methods.0'; known are name, id, preset, steps, quadrature,"),
    ("methods.0.quadrature=trapez", "clenshaw-curtis, not 'trapez'; the nearest is 'trapezoid'"),
    ("methods.0.quadrature=simpson", "trapezoid, clenshaw-curtis, not 'simpson'"),
    ("device=gpu", "'device' must be auto, cpu, vulkan, vulkan:N or vulkan:UUID, not 'gpu'"),
    ("device=Vulcan", "not 'Vulcan'; the nearest is 'vulkan'"),
    ("device=vulkan:-1", "not 'vulkan:-1'; the nearest is 'vulkan'"),
    ("methods.0.target=99999999999", "must be a class's name or its index from 0 to 2147483647, not 99999999999"),
    ("methods.0.target=99999999999999999999", "its index from 0 to 2147483647, not 99999999999999999999"),
    ("methods.0.target=-1", "must be a class's name or its index from 0 to 2147483647, not -1"),
    ("methods.0.steps=[&a 1, *a]", "anchors and aliases are not read: write out what 'a' stands for"),
    ("methods.0.target=''", "'methods.0.target' must be a string, not an empty string"),
  ])
  func suggestsWhatIsNearAndListsTheRest(_ argument: String, _ message: String) throws {
    let error = try #require(throws: PipelineError.self) {
      try PipelineFile.parse(minimal, path: "p.yaml", overrides: [try PipelineOverride(set: argument)])
    }
    #expect(error.description.hasPrefix("--set \(argument): "))
    #expect(error.message.contains(message), "\(error)")
    #expect(error.message.contains("nearest") == message.contains("nearest"), "\(error)")
  }

  @Test func remembersWhereKeysWereWritten() throws {
    let overrides = [try PipelineOverride(set: "methods.1.steps=8")]
    let pipeline = try PipelineFile.parse(complete, path: "demo.yaml", overrides: overrides)
    #expect(pipeline.origins.place(of: "methods.0.target") == "demo.yaml:17")
    #expect(pipeline.origins.place(of: "methods.1.steps") == "--set methods.1.steps=8")
    #expect(pipeline.origins.place(of: "methods.1.baseline") == "demo.yaml:19", "the method's place for a default")
    #expect(try PipelineFile.parse("\n" + complete, path: "x.yaml", overrides: overrides) == pipeline)
  }

  @Test func readsAMethodFromOptions() throws {
    func method(_ options: (String, String)...) throws -> IntegratedGradients {
      try Pipeline.Method(
        name: IntegratedGradients.name,
        options: options.map { PipelineOverride(option: "--\($0) \($1)", path: $0, values: [$1]) }
      ).integratedGradients()
    }
    let plain = try method()
    #expect(plain.rule == .fixed(steps: 50, quadrature: .gaussLegendre) && plain.target == .predicted)
    let full = try method(("steps", "8"), ("target", "yes: no"), ("layer", "encoder layer 1"), ("baseline", "[MASK]"))
    #expect(full.rule == .fixed(steps: 8, quadrature: .gaussLegendre) && full.target == .class(.name("yes: no")))
    #expect(full.layer == .encoder(1) && full.baseline == .token("[MASK]"))
    for (key, value) in [
      ("steps", "0"), ("steps", "x"), ("quadrature", "simpson"), ("normalize", "l3"), ("layer", "layer 1"),
    ] {
      let error = try #require(throws: PipelineError.self) { try method((key, value)) }
      #expect(error.kind == .usage && error.description.hasPrefix("--\(key) \(value): '\(key)' must be "), "\(error)")
    }
  }

  @Test(arguments: ["steps", "=3", "a..b=1"]) func refusesMalformedOverrides(_ argument: String) {
    #expect(throws: PipelineError.self) { try PipelineOverride(set: argument) }
  }

  @Test func missingFileIsMissing() throws {
    let error = try #require(throws: FileFault.self) { try PipelineFile.load("/nonexistent/p.yaml") }
    #expect(error.kind == .missing)
  }

  /// Aliases to aliases: two to the power of forty values, as a value, and as a key that a parser would hash.
  @Test(arguments: ["bomb: *z", "? *z\n: 1", "[*z, *z]: 1"], [" ", ""])
  func aliasesAreRefusedBeforeTheyAreExpanded(_ use: String, _ space: String) throws {
    let levels = zip("abcdefghijklmnopqrstuvwxy", "bcdefghijklmnopqrstuvwxyz")
    let bomb = levels.map { "\($1): &\($1) [*\($0),\(space)*\($0)]\n" }.joined()
    let text = "a: &a [x, x]\n" + bomb + use + "\n"
    let error = try #require(throws: PipelineError.self) { try PipelineFile.parse(text, path: "p.yaml") }
    #expect(error.kind == .usage)
    #expect(error.description == "p.yaml:1: anchors and aliases are not read: write out what 'a' stands for")
  }

  @Test func depthIsBounded() throws {
    let deep = "models: [m]\nname: " + String(repeating: "[", count: 100)
    let error = try #require(throws: PipelineError.self) { try PipelineFile.parse(deep, path: "p.yaml") }
    #expect(error.description == "p.yaml:2: nested too deeply")
    // What is a star or an ampersand in a text is none of a parser's.
    let text = minimal.replacing("models: m", with: "models: ['*', 'a &b', \"*c\"] # &d *e")
    #expect(try PipelineFile.parse(text, path: "p.yaml").models == ["*", "a &b", "*c"])
  }

  /// An encoded name of more than 255 bytes is no name of a directory.
  @Test func longModelNamesAreShortenedUniquely() throws {
    let long = String(repeating: "Ä", count: 100)
    let names = try ModelName.unique([
      "x/\(long)a", "x/\(long)b", "y/\(long)a", "x/" + String(repeating: "m", count: 249),
    ])
    #expect(Set(names).count == 4)
    for name in names {
      #expect(ModelPartition.directory(of: name).utf8.count <= 255)
      #expect(ModelPartition.model(of: ModelPartition.directory(of: name)) == name)
    }
    #expect(names[0].hasPrefix("ÄÄÄ") && names[3] == String(repeating: "m", count: 249))
    #expect(try ModelName.unique(["z/\(long)b"]) == [names[1]])
  }

  @Test func modelNamesAreUniqueAndNeverClimb() throws {
    #expect(try ModelName.unique(["a/m", "b/m/", "m-2", "c/m"]) == ["m", "m-2", "m-2-2", "m-3"])
    let error = try #require(throws: PipelineError.self) { try ModelName.unique(["a/.."]) }
    #expect(error.kind == .usage)
  }
}
