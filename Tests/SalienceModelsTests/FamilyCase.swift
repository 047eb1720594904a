import SalienceAttribution
import SalienceJSON
import SalienceModels
import Testing

/// One text of a family's cases.json and what the model decides of it; Tests/Fixtures/families/README.md gives the
/// meaning of each key.
struct FamilyInput: Sendable {
  let name, text: String
  let pair: String?
  let ids, typeIDs: [Int32]
  let tokens: [String]
  let special: [Bool]
  let choices: [Decision.Choice]
  let logits: [Double]
  let probability: Double?
  let answer: String?
  let answerRange: Range<Int>?
  let generatedIDs: [Int32]?
  let generatedText: String?

  init(_ json: JSONValue) throws {
    name = try #require(json["name"]?.stringValue)
    text = try #require(json["text"]?.stringValue)
    pair = json["text_pair"]?.stringValue
    ids = try numbers(json["input_ids"]).map { Int32($0) }
    typeIDs = try numbers(json["token_type_ids"]).map { Int32($0) }
    tokens = try #require(json["tokens"]?.arrayValue).map { try #require($0.stringValue) }
    special = try numbers(json["special_tokens_mask"]).map { $0 == 1 }
    choices = try #require(json["choices"]?.arrayValue).map {
      let pair = try numbers($0)
      return Decision.Choice(position: Int(pair[0]), index: Int(pair[1]))
    }
    logits = try json["logits"].map { try numbers($0) } ?? []
    probability = json["probability"]?.doubleValue
    answer = json["answer"]?.stringValue
    if let start = json["answer_start"]?.intValue, let end = json["answer_end"]?.intValue {
      answerRange = start..<end
    } else {
      answerRange = nil
    }
    generatedIDs = try json["generated_ids"].map { try numbers($0).map { Int32($0) } }
    generatedText = json["generated_text"]?.stringValue
  }
}

/// One explanation of a case.
struct FamilyExplanation: Sendable {
  let target: String
  let targetIndex, targetPosition: Int?
  let output, attributionNorm: Double
  let baselineOutput, convergenceDelta: Double?
  let tokenScores: [Double]
  let normalized: [Double]?

  init(_ json: JSONValue) throws {
    target = try #require(json["target"]?.stringValue)
    targetIndex = json["target_index"]?.intValue
    targetPosition = json["target_position"]?.intValue
    output = try #require(json["output"]?.doubleValue)
    attributionNorm = try #require(json["attribution_norm"]?.doubleValue)
    baselineOutput = json["baseline_output"]?.doubleValue
    convergenceDelta = json["convergence_delta"]?.doubleValue
    tokenScores = try numbers(json["token_scores"])
    normalized = try json["normalized"].map { try numbers($0) }
  }
}

/// One method on one text.
struct FamilyCase: Sendable {
  let id, input, layer, target: String
  let isQuick: Bool
  let steps: Int
  let explanations: [FamilyExplanation]
  private let baseline, reduction: String?
  private let keepSpecial: Bool
  private let outputKind: OutputKind

  init(_ json: JSONValue) throws {
    id = try #require(json["id"]?.stringValue)
    input = try #require(json["input"]?.stringValue)
    layer = try #require(json["layer"]?.stringValue)
    target = try #require(json["target"]?.stringValue)
    steps = try #require(json["steps"]?.intValue)
    isQuick = try #require(json["quick"]?.boolValue as Bool?)
    keepSpecial = try #require(json["keep_special"]?.boolValue as Bool?)
    baseline = json["baseline"]?.stringValue
    reduction = json["reduction"]?.stringValue
    outputKind = try #require(json["output_kind"]?.stringValue.flatMap(OutputKind.init))
    explanations = try #require(json["explanations"]?.arrayValue).map(FamilyExplanation.init)
  }

  /// What distinguishes one method of a checkpoint from another.
  var methodID: String {
    [layer, "\(steps)", baseline ?? "", "\(keepSpecial)", target, reduction ?? "", outputKind.rawValue]
      .joined(separator: "/")
  }

  func method() throws -> any AttributionMethod {
    if let reduction {
      return GradientTimesInput(
        id: methodID, reduction: try #require(GradientTimesInput.Reduction(rawValue: reduction)), target: targetValue,
        layer: try layerValue, output: outputKind)
    }
    return try IntegratedGradients(
      id: methodID, steps: steps, baseline: baselineValue, keepSpecial: keepSpecial, target: targetValue,
      layer: layerValue, output: outputKind)
  }

  private var baselineValue: Baseline {
    get throws {
      switch baseline {
      case "pad": .pad
      case "mask": .mask
      case "unk": .unk
      case "zero": .zero
      default: .token(try #require(baseline))
      }
    }
  }

  private var targetValue: Target {
    if target == "predicted" { return .predicted }
    if target == "maximum" { return .maximum }
    guard let dash = target.firstRange(of: " - ") else { return .class(.name(target)) }
    return .contrast(
      .name(String(target[..<dash.lowerBound])), .name(String(target[dash.upperBound...])))
  }

  private var layerValue: AttributionLayer {
    get throws {
      switch layer {
      case "embeddings": .embeddings
      case "word-embeddings": .wordEmbeddings
      default: .encoder(try #require(layer.split(separator: " ").last.flatMap { Int($0) }))
      }
    }
  }
}

func numbers(_ json: JSONValue?) throws -> [Double] {
  try #require(json?.arrayValue).map { try #require($0.doubleValue) }
}
