import SalienceJSON

/// Shapley values from every subset of the features (Shapley, A value for n-person games, 1953), for texts of at most 10.
public struct ExactShapley: PerturbationMethod {
  public static let name = "shapley-exact"
  public static let summary = "Shapley values from every subset of at most 10 features"
  public static let settings: [any SettingDeclaration] = PerturbationSettings.declarations
  /// 1,024 subsets.
  public static let maximumFeatures = 10

  public let id: String
  public let settings: PerturbationSettings

  public init(id: String = name, settings: PerturbationSettings = PerturbationSettings()) {
    self.id = id
    self.settings = settings
  }

  public init(id: String, settings: any SettingsReader) throws {
    self.init(id: id, settings: try PerturbationSettings(settings))
  }

  public var values: [JSONMember] { settings.values }

  public func copies(features: Int) -> Int { 1 << min(features, Self.maximumFeatures) }

  public func design(features: Int, seeds: SampleSeeds) throws -> any PerturbationDesign {
    guard features <= Self.maximumFeatures else {
      throw AttributionError(
        .example,
        "\(Self.name) takes at most \(Self.maximumFeatures) features, and the text has \(features) "
          + "\(settings.features.rawValue): choose larger 'features', or \(KernelSHAP.name)")
    }
    return SubsetDesign(features: features)
  }
}

/// Every subset of the features but all of them, the empty one first: copy c has the features of the bits of c.
private struct SubsetDesign: PerturbationDesign {
  let features: Int

  var count: Int { 1 << features - 1 }

  var emptyCopy: Int? { 0 }

  func present(_ copy: Int) -> [Bool] { (0..<features).map { copy >> $0 & 1 == 1 } }

  /// Σ_S |S|! (n - |S| - 1)! / n! (F(S and the feature) - F(S)) over the subsets S without the feature.
  func scores(whole: Double, _ values: [Double]) -> [Double] {
    let values = values + [whole]
    // 1 / (n C(n - 1, s)) for subsets of s features.
    var weights = [1 / Double(features)]
    for size in 1..<max(1, features) { weights.append(weights[size - 1] * Double(size) / Double(features - size)) }
    return (0..<features).map { feature in
      values.indices.reduce(0) { sum, subset in
        subset >> feature & 1 == 1
          ? sum : sum + weights[subset.nonzeroBitCount] * (values[subset | 1 << feature] - values[subset])
      }
    }
  }
}
