import Foundation
import SalienceAttribution
import SalienceCheckpoints
import SalienceJSON
import SalienceModels
import SalienceTestSupport
import Testing

/// One object of a cases.json; Tests/Fixtures/attribution/README.md gives the meaning of each key.
struct ReferenceCase: Sendable {
  let id, text, layer, quadrature, baseline, target: String
  let pair: String?
  let ids, typeIDs: [Int32]
  let tokens: [String]
  let special: [Bool]
  let steps: Int
  let keepSpecial: Bool
  let targetIndex: Int?
  let contrast: [Int]?
  let logits, baselineLogits, tokenScores: [Double]
  let output, baselineOutput, convergenceDelta, attributionNorm: Double
  let normalized: [Normalization: [Double]]?

  init(_ json: JSONValue) throws {
    id = try #require(json["id"]?.stringValue)
    text = try #require(json["text"]?.stringValue)
    layer = try #require(json["layer"]?.stringValue)
    quadrature = try #require(json["quadrature"]?.stringValue)
    baseline = try #require(json["baseline"]?.stringValue)
    target = try #require(json["target"]?.stringValue)
    pair = json["text_pair"]?.stringValue
    ids = try Self.numbers(json["input_ids"]).map { Int32($0) }
    typeIDs = try Self.numbers(json["token_type_ids"]).map { Int32($0) }
    tokens = try #require(json["tokens"]?.arrayValue).map { try #require($0.stringValue) }
    special = try Self.numbers(json["special_tokens_mask"]).map { $0 == 1 }
    steps = try #require(json["steps"]?.intValue)
    keepSpecial = try #require(json["keep_special"]?.boolValue as Bool?)
    targetIndex = json["target_index"]?.intValue
    contrast = json["contrast"]?.arrayValue?.compactMap(\.intValue)
    logits = try Self.numbers(json["logits"])
    baselineLogits = try Self.numbers(json["baseline_logits"])
    tokenScores = try Self.numbers(json["token_scores"])
    output = try #require(json["output"]?.doubleValue)
    baselineOutput = try #require(json["baseline_output"]?.doubleValue)
    convergenceDelta = try #require(json["convergence_delta"]?.doubleValue)
    attributionNorm = try #require(json["attribution_norm"]?.doubleValue)
    normalized = try json["normalized"]?.objectValue.map { members in
      try Dictionary(
        uniqueKeysWithValues: members.map { member in
          (try #require(Normalization(rawValue: member.name)), try Self.numbers(member.value))
        })
    }
  }

  private static func numbers(_ json: JSONValue?) throws -> [Double] {
    try #require(json?.arrayValue).map { try #require($0.doubleValue) }
  }

  /// What distinguishes one method of a checkpoint from another.
  var methodID: String { [layer, quadrature, "\(steps)", baseline, "\(keepSpecial)", target].joined(separator: "/") }

  func method(id: String? = nil) throws -> IntegratedGradients {
    try IntegratedGradients(
      id: id ?? methodID, steps: steps, quadrature: #require(Quadrature(rawValue: quadrature)), baseline: baselineValue,
      keepSpecial: keepSpecial, target: targetValue, layer: layerValue)
  }

  private var baselineValue: Baseline {
    switch baseline {
    case "pad": .pad
    case "mask": .mask
    case "unk": .unk
    case "zero": .zero
    default: .token(baseline)
    }
  }

  private var targetValue: Target {
    if let contrast { return .contrast(.index(contrast[0]), .index(contrast[1])) }
    return target == "predicted" ? .predicted : .class(.name(target))
  }

  private var layerValue: AttributionLayer {
    get throws {
      switch layer {
      case "embeddings": return .embeddings
      case "word-embeddings": return .wordEmbeddings
      default:
        let index = try #require(layer.split(separator: " ").last.flatMap { Int($0) })
        return .encoder(index)
      }
    }
  }
}

/// A folder of reference values with the checkpoint that they belong to.
struct ReferenceFolder: Sendable {
  let name: String
  let checkpoint: Checkpoint
  let labels: [String]
  let cases: [ReferenceCase]

  private static let fixtures = Repository.fixtures.appending(path: "attribution")

  static let names = [
    "bert-2-f32", "bert-3-bf16", "bert-93-f16-sharded", "distilbert-2-f16", "distilbert-3-f32-sharded",
    "distilbert-93-bf16", "demo-checkpoint-0100", "demo-checkpoint-8000",
  ]

  /// The folders that the disk holds, so that a new one cannot be forgotten.
  static func namesOnDisk() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: fixtures.path).filter { !$0.contains(".") }.sorted()
  }

  init(_ name: String) throws {
    self.name = name
    let folder = Self.fixtures.appendingPathComponent(name)
    let demo = "demo-"
    let directory =
      name.hasPrefix(demo)
      ? Repository.root.appendingPathComponent("models/demo/\(name.dropFirst(demo.count))") : folder
    checkpoint = try Checkpoint(directory: directory.path)
    let data = try Data(contentsOf: folder.appendingPathComponent("cases.json"))
    let json = try JSONValue(parsing: [UInt8](data))
    labels = try #require(json["labels"]?.arrayValue).compactMap(\.stringValue)
    cases = try #require(json["cases"]?.arrayValue).map(ReferenceCase.init)
  }

  /// One method for each combination of settings among the cases.
  func methods() throws -> [IntegratedGradients] {
    var seen = Set<String>()
    return try cases.filter { seen.insert($0.methodID).inserted }.map { try $0.method() }
  }

  /// The distinct texts, each as its first case.
  var texts: [ReferenceCase] {
    var seen = Set<[String?]>()
    return cases.filter { seen.insert([$0.text, $0.pair]).inserted }
  }
}

/// Euclidean norm.
func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }

/// Euclidean distance.
func distance(_ a: [Double], _ b: [Double]) -> Double { norm(zip(a, b).map(-)) }
