import SalienceJSON
import SalienceModels
import SalienceTensors

/// Values of layers, as `output_hidden_states` of transformers and hooks on parts of its layers give them.
///
/// A token's score is the length of its row, the mean over layers.
public struct LayerActivations: RegisteredMethod {
  public static let name = "activations"
  public static let summary = "hidden states and neurons of layers"

  static let layersSetting = AttentionSettings.numbers("layers", help: "the layers whose values are read, 0-based")
  static let normalizeSetting = Normalization.setting(fallback: .l2)
  public static let settings: [any SettingDeclaration] = [
    layersSetting, LayerPart.setting, UnitCut.topKSetting, UnitCut.thresholdSetting, normalizeSetting, Target.setting,
    OutputKind.setting,
  ]

  public let id: String
  /// nil for all.
  public let layers: [Int]?
  public let part: LayerPart
  public let cut: UnitCut
  public let normalization: Normalization
  public let target: Target
  public let output: OutputKind

  public init(
    id: String = name, layers: [Int]? = nil, part: LayerPart = .layer, cut: UnitCut = UnitCut(),
    normalization: Normalization = .l2, target: Target = .predicted, output: OutputKind = .logit
  ) {
    self.id = id
    self.layers = layers
    self.part = part
    self.cut = cut
    self.normalization = normalization
    self.target = target
    self.output = output
  }

  public init(id: String, settings: any SettingsReader) throws {
    self.init(
      id: id, layers: try Self.layersSetting.value(in: settings), part: try LayerPart.setting.value(in: settings),
      cut: UnitCut(
        topK: try UnitCut.topKSetting.value(in: settings), threshold: try UnitCut.thresholdSetting.value(in: settings)),
      normalization: try Self.normalizeSetting.value(in: settings), target: try Target.setting.value(in: settings),
      output: try OutputKind.setting.value(in: settings))
  }

  public var values: [JSONMember] {
    [
      Self.layersSetting.member(layers), Target.setting.member(target), OutputKind.setting.member(output),
      Self.normalizeSetting.member(normalization), LayerPart.setting.member(part),
      UnitCut.topKSetting.member(cut.topK), UnitCut.thresholdSetting.member(cut.threshold),
    ]
  }

  public var layer: AttributionLayer { .embeddings }
  public var rules: BackwardRules? { nil }
  public func cost(tokens: Int) -> MethodCost { MethodCost(values: 1) }

  private var selection: AttentionSelection { AttentionSelection(layers: layers) }

  public func taps(of architecture: any Architecture) -> (values: [Tap], gradients: [Tap]) {
    (selection.layers(of: architecture).map(part.tap(ofLayer:)), [])
  }

  public func validate(for architecture: any Architecture, head: ModelHead) throws {
    try selection.validate(for: architecture, head: head)
  }

  public func begin(_ subject: Subject) throws -> any MethodRun { Run(method: self, subject: subject) }

  private struct Run: MethodRun {
    let method: LayerActivations
    let subject: Subject

    mutating func next(_ answers: [Answer]) throws -> Step {
      if answers.isEmpty {
        let question = ActivationQuestion(
          layers: method.selection.layers(of: subject.architecture), cut: method.cut)
        return .ask([
          .inside([TapRequest(subject.input)], .activations(question, coefficients: subject.coefficients))
        ])
      }
      let answer = try answers.inside(at: 0)
      return .finish(try answer.explanations(method.id, of: subject, normalization: method.normalization))
    }
  }
}
