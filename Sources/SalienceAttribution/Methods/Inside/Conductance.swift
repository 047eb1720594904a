import SalienceJSON
import SalienceModels
import SalienceTensors
import SalienceTokenizers

/// Conductance (arXiv 1805.12233): the part of integrated gradients that passes through each unit of a layer, as
/// Captum's `LayerConductance`.
///
/// A token's score is the sum over its units; all of them sum to F(x) - F(x') where the value is a layer's output.
public struct Conductance: RegisteredMethod {
  public static let name = "conductance"
  public static let summary = "the part of integrated gradients that passes through each unit of a layer"

  static let normalizeSetting = Normalization.setting(fallback: .l2)
  static let layerSetting = Setting<Int>(
    "layer", values: "`encoder layer N`", fallback: 0, fallbackText: "\(AttributionLayer.encoder(0))",
    help: "where scores are taken",
    read: { settings, key in
      guard let text = try settings.string(key) else { return nil }
      if case .encoder(let index) = AttributionLayer(text) { return index }
      throw settings.fault(key, "must be 'encoder layer N', not '\(text)'")
    }, encode: { .string("\(AttributionLayer.encoder($0))") })
  public static let settings: [any SettingDeclaration] = [
    IntegratedGradients.stepsSetting, IntegratedGradients.quadratureSetting, Baseline.setting,
    IntegratedGradients.keepSpecialSetting, layerSetting, LayerPart.setting, UnitCut.topKSetting,
    UnitCut.thresholdSetting, normalizeSetting, Target.setting, OutputKind.setting,
  ]

  public let id: String
  public let steps: Int
  public let quadrature: Quadrature
  public let baseline: Baseline
  /// Whether special tokens stay as they are in the baseline.
  public let keepSpecial: Bool
  public let part: LayerPart
  /// Its layer is the one whose units are asked about.
  public let cut: UnitCut
  public let normalization: Normalization
  public let target: Target
  public let output: OutputKind
  /// One more than steps, between which the value's changes are taken.
  private let points: [PathPoint]

  /// - Throws: `AttributionError` with code `usage` where the rule does not have so few points.
  public init(
    id: String = name, steps: Int = IntegratedGradients.stepsSetting.fallback,
    quadrature: Quadrature = IntegratedGradients.quadratureSetting.fallback, baseline: Baseline = .pad,
    keepSpecial: Bool = true, part: LayerPart = .layer, cut: UnitCut = UnitCut(),
    normalization: Normalization = .l2, target: Target = .predicted, output: OutputKind = .logit
  ) throws {
    points = try quadrature.points(steps: steps + 1)
    self.id = id
    self.steps = steps
    self.quadrature = quadrature
    self.baseline = baseline
    self.keepSpecial = keepSpecial
    self.part = part
    self.cut = cut
    self.normalization = normalization
    self.target = target
    self.output = output
  }

  public init(id: String, settings: any SettingsReader) throws {
    // One step is two points, which every quadrature has.
    try self.init(
      id: id, steps: try IntegratedGradients.stepsSetting.value(in: settings),
      quadrature: try IntegratedGradients.quadratureSetting.value(in: settings),
      baseline: try Baseline.setting.value(in: settings),
      keepSpecial: try IntegratedGradients.keepSpecialSetting.value(in: settings),
      part: try LayerPart.setting.value(in: settings),
      cut: UnitCut(
        layer: try Self.layerSetting.value(in: settings), topK: try UnitCut.topKSetting.value(in: settings),
        threshold: try UnitCut.thresholdSetting.value(in: settings)),
      normalization: try Self.normalizeSetting.value(in: settings), target: try Target.setting.value(in: settings),
      output: try OutputKind.setting.value(in: settings))
  }

  public var values: [JSONMember] {
    [
      Target.setting.member(target), Self.layerSetting.member(cut.layer), OutputKind.setting.member(output),
      Self.normalizeSetting.member(normalization), IntegratedGradients.stepsSetting.member(steps),
      IntegratedGradients.quadratureSetting.member(quadrature), Baseline.setting.member(baseline),
      IntegratedGradients.keepSpecialSetting.member(keepSpecial), LayerPart.setting.member(part),
      UnitCut.topKSetting.member(cut.topK), UnitCut.thresholdSetting.member(cut.threshold),
    ]
  }

  /// Where the path lies.
  public var layer: AttributionLayer { .embeddings }
  public func cost(tokens: Int) -> MethodCost { MethodCost(evaluations: steps + 1) }
  public func validate(tokenizer: Tokenizer) throws { _ = try baseline.tokenID(in: tokenizer) }

  public func taps(of architecture: any Architecture) -> (values: [Tap], gradients: [Tap]) {
    let tap = part.tap(ofLayer: cut.layer)
    return ([tap], [tap])
  }

  public func validate(for architecture: any Architecture, head: ModelHead) throws {
    guard cut.layer >= architecture.layerCount else { return }
    throw AttributionError(
      .usage,
      "no \(AttributionLayer.encoder(cut.layer)): the model has encoder layers 0 to \(architecture.layerCount - 1)",
      setting: .layer)
  }

  public func begin(_ subject: Subject) throws -> any MethodRun {
    let start = baseline.end(
      of: subject.encoding, output: subject.output, replacingWith: try baseline.tokenID(in: subject.tokenizer),
      keepSpecial: keepSpecial, at: layer, in: subject.architecture)
    return Run(method: self, subject: subject, baseline: start)
  }

  private struct Run: MethodRun {
    let method: Conductance
    let subject: Subject
    let baseline: PathEnd

    mutating func next(_ answers: [Answer]) throws -> Step {
      let (input, coefficients) = (subject.input, subject.coefficients)
      if answers.isEmpty {
        let points = method.points.map { point in
          TapRequest(input, at: TapRequest.Place(from: baseline, alpha: point.alpha), cotangents: coefficients)
        }
        return .ask([
          .values(input, coefficients: coefficients), .values(baseline, coefficients: coefficients),
          .inside(points, .conductance(method.cut)),
        ])
      }
      let (outputs, starts) = (try answers.values(at: 0), try answers.values(at: 1))
      let findings = try answers.inside(at: 2).findings
      guard findings.count == coefficients.count else { throw AttributionError.mismatch }
      return .finish(
        try subject.output.targets.enumerated().map { index, target in
          var explanation = try Explanation(
            method: method.id, target: target, of: subject, output: outputs[index], baselineOutput: starts[index],
            scores: findings[index].scores, squares: findings[index].squares, normalization: method.normalization,
            steps: method.points.count)
          explanation.units = findings[index].units
          return explanation
        })
    }
  }
}
