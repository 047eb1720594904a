import Foundation
import SalienceAttribution
import SalienceJSON
import SalienceModels
import SalienceTestSupport
import Testing

/// A case of Tests/Fixtures/gradients/references.json; README.md beside it gives the meaning of each key.
struct GradientCase: Sendable {
  let id, folder, input, methodName: String
  let layer: AttributionLayer
  let targetIndex: Int
  let output, attributionNorm: Double
  let baselineOutput, convergenceDelta: Double?
  let tokenScores: [Double]
  private let settings: JSONValue
  private let noise: JSONValue?
  private let noisyID: String?

  static func all() throws -> [GradientCase] {
    let data = try Data(contentsOf: Repository.fixtures.appending(path: "gradients/references.json"))
    return try #require(JSONValue(parsing: [UInt8](data))["cases"]?.arrayValue).map(GradientCase.init)
  }

  private init(_ json: JSONValue) throws {
    id = try #require(json["id"]?.stringValue)
    folder = try #require(json["folder"]?.stringValue)
    input = try #require(json["input"]?.stringValue)
    methodName = try #require(json["method"]?.stringValue)
    layer = try Self.layer(try #require(json["layer"]?.stringValue))
    targetIndex = try #require(json["target_index"]?.intValue)
    output = try #require(json["output"]?.doubleValue)
    attributionNorm = try #require(json["attribution_norm"]?.doubleValue)
    tokenScores = try #require(json["token_scores"]?.arrayValue).map { try #require($0.doubleValue) }
    settings = try #require(json["settings"])
    baselineOutput = json["baseline_output"]?.doubleValue
    convergenceDelta = json["convergence_delta"]?.doubleValue
    noise = json["noise"]
    noisyID = json["method_id"]?.stringValue
  }

  private static func layer(_ text: String) throws -> AttributionLayer {
    switch text {
    case "embeddings": .embeddings
    case "word-embeddings": .wordEmbeddings
    default: .encoder(try #require(text.split(separator: " ").last.flatMap { Int($0) }))
    }
  }

  /// Whether a token's elements sum to zero but for rounding: before a layer norm a row's slopes do, and where nothing
  /// but a layer norm reads a row, its slopes times the row.
  var cancels: Bool { norm(tokenScores) < 1e-5 * attributionNorm }

  /// The id says all that distinguishes one method of a checkpoint from another, but for noise, whose seeds depend on it.
  func method() throws -> any AttributionMethod {
    let plain = try plain()
    guard let noise else { return plain }
    return try NoiseTunnel(
      plain, kind: #require(noise["kind"]?.stringValue.flatMap(NoiseTunnel.Kind.init)),
      samples: #require(noise["samples"]?.intValue), deviation: #require(noise["deviation"]?.doubleValue),
      seed: UInt64(#require(noise["seed"]?.intValue)))
  }

  private func plain() throws -> any AttributionMethod {
    let id = noisyID ?? self.id
    let target = Target.class(.index(targetIndex))
    switch methodName {
    case "saliency":
      let reduction = try #require(settings["reduction"]?.stringValue.flatMap(Saliency.Reduction.init))
      return Saliency(id: id, reduction: reduction, target: target, layer: layer)
    case "layer-gradient-x-activation":
      let name = try #require(settings["reduction"]?.stringValue)
      let reduction = try #require(LayerGradientTimesActivation.Reduction(rawValue: name))
      return LayerGradientTimesActivation(id: id, reduction: reduction, target: target, layer: layer)
    case "deeplift": return DeepLIFT(id: id, baseline: try baseline(), target: target, layer: layer)
    case "attnlrp": return AttnLRP(id: id, target: target, layer: layer)
    case "expected-gradients":
      return ExpectedGradients(id: id, samples: try samples(), target: target, layer: layer)
    case "gradient-shap":
      return try GradientSHAP(
        id: id, samples: samples(), deviation: settings["deviation"]?.doubleValue, target: target, layer: layer)
    case "sequential-integrated-gradients":
      return try SequentialIntegratedGradients(
        id: id, steps: #require(settings["steps"]?.intValue), baseline: baseline(), target: target, layer: layer)
    case "internal-influence":
      return try InternalInfluence(
        id: id, steps: #require(settings["steps"]?.intValue), baseline: baseline(),
        reduction: #require(settings["reduction"]?.stringValue.flatMap(Saliency.Reduction.init)), target: target,
        layer: layer)
    default:
      Issue.record("no method \(methodName)")
      throw AttributionError(.usage, methodName)
    }
  }

  private func baseline() throws -> Baseline { Baseline(try #require(settings["baseline"]?.stringValue)) }

  private func samples() throws -> BaselineSamples {
    let (count, seed) = (try #require(settings["samples"]?.intValue), try #require(settings["seed"]?.intValue))
    if let texts = try settings["texts"]?.arrayValue?.map({ try #require($0.stringValue) }) {
      var samples = BaselineSamples(count: count, seed: seed, textCount: texts.count)
      samples.texts = texts
      return samples
    }
    return BaselineSamples(
      count: count, seed: seed,
      baselines: try #require(settings["baselines"]?.arrayValue).map { Baseline(try #require($0.stringValue)) })
  }
}
