/// Every method that pipeline files can name.
public enum MethodRegistry {
  /// In the order in which they are listed; the first is the default of `salience attribute`.
  @TaskLocal public static var types: [any RegisteredMethod.Type] = [
    IntegratedGradients.self,
    GradientTimesInput.self,
    Saliency.self,
    LayerGradientTimesActivation.self,
    ExpectedGradients.self,
    GradientSHAP.self,
    SequentialIntegratedGradients.self,
    InternalInfluence.self,
    DeepLIFT.self,
    AttnLRP.self,
    Occlusion.self,
    LeaveOneOut.self,
    FeatureAblation.self,
    LIME.self,
    KernelSHAP.self,
    ShapleySampling.self,
    PermutationSHAP.self,
    ExactShapley.self,
    PartitionSHAP.self,
    AttentionMaps.self,
    AttentionRollout.self,
    ValueWeightedAttention.self,
    AttentionTimesGradient.self,
    LayerActivations.self,
    Conductance.self,
    RandomAttribution.self,
  ]

  public static var names: [String] { types.map { $0.name } }

  /// The method of a name; nil where there is none.
  public static func type(named name: String) -> (any RegisteredMethod.Type)? { types.first { $0.name == name } }

  /// Every setting of any method, each key once, in the order of the methods.
  public static var settings: [any SettingDeclaration] {
    var seen = Set<String>()
    return types.flatMap { $0.settings }.filter { seen.insert($0.key).inserted }
  }

  /// Reads a method, with noise around it where its settings ask for that.
  ///
  /// - Throws: an error that names the key at fault and its place.
  public static func method(
    _ type: any RegisteredMethod.Type, id: String, settings: any SettingsReader
  ) throws -> any AttributionMethod {
    let method = try type.init(id: id, settings: settings)
    guard type.settings.contains(where: { $0.key == Noise.setting.key }),
      let noise = try Noise.setting.value(in: settings)
    else { return method }
    return try NoiseTunnel(method, noise)
  }
}
