import Foundation
import SalienceJSON

/// The coefficients of a linear model of F around a text (LIME, arXiv 1602.04938), as Captum's `Lime`: copies that have
/// each feature with probability 1/2, weighted by their cosine similarity to the whole text, and a Lasso regression.
///
/// The similarity is taken between the flags of the features, not between token ids, which as numbers mean nothing: a
/// copy with k of n features has the distance 1 - √(k / n) and the weight exp(-distance² / (2 · kernel_width²)).
public struct LIME: PerturbationMethod {
  public static let name = "lime"
  public static let summary = "a sparse linear model of the output around the text"
  public static let samplesSetting = Setting.integer("samples", in: 2...100_000, fallback: 256, help: "copies")
  public static let seedSetting = PerturbationSettings.seedSetting
  public static let regressionSetting = Setting.choice(
    "regression", fallback: Regression.lasso, help: "the linear model")
  public static let alphaSetting = Setting.number(
    "alpha", fallback: 0.01, help: "how much its coefficients are held down")
  public static let widthSetting = Setting.number(
    "kernel_width", fallback: 1, help: "width of the kernel that weights the copies, in cosine distances")
  public static let settings: [any SettingDeclaration] =
    [samplesSetting, seedSetting, regressionSetting, alphaSetting, widthSetting] + PerturbationSettings.declarations

  /// A linear model with an intercept, as scikit-learn fits it.
  public enum Regression: String, Sendable, CaseIterable {
    /// Least squares with α Σ |coefficient| over the mean square.
    case lasso
    /// Least squares with α Σ coefficient² over the sum of squares.
    case ridge
  }

  public let id: String
  public let samples: Int
  public let seed: Int
  public let regression: Regression
  public let alpha: Double
  public let kernelWidth: Double
  public let settings: PerturbationSettings

  public init(
    id: String = name, samples: Int = samplesSetting.fallback, seed: Int = seedSetting.fallback,
    regression: Regression = .lasso, alpha: Double = alphaSetting.fallback,
    kernelWidth: Double = widthSetting.fallback, settings: PerturbationSettings = PerturbationSettings()
  ) {
    self.id = id
    self.samples = samples
    self.seed = seed
    self.regression = regression
    self.alpha = alpha
    self.kernelWidth = kernelWidth
    self.settings = settings
  }

  public init(id: String, settings: any SettingsReader) throws {
    self.init(
      id: id, samples: try Self.samplesSetting.value(in: settings), seed: try Self.seedSetting.value(in: settings),
      regression: try Self.regressionSetting.value(in: settings), alpha: try Self.alphaSetting.value(in: settings),
      kernelWidth: try Self.widthSetting.value(in: settings), settings: try PerturbationSettings(settings))
  }

  public var values: [JSONMember] {
    settings.values + [
      Self.samplesSetting.member(samples), Self.seedSetting.member(seed), Self.regressionSetting.member(regression),
      Self.alphaSetting.member(alpha), Self.widthSetting.member(kernelWidth),
    ]
  }

  public var randomSeed: UInt64? { UInt64(seed) }

  public func copies(features: Int) -> Int { samples }

  public func design(features: Int, seeds: SampleSeeds) -> any PerturbationDesign {
    var numbers = SeededNumbers(seeds)
    let flags = (0..<samples).map { _ in (0..<features).map { _ in numbers.bool() } }
    return Design(method: self, flags: flags)
  }

  private struct Design: PerturbationDesign {
    let method: LIME
    let flags: [[Bool]]

    var count: Int { flags.count }

    func present(_ copy: Int) -> [Bool] { flags[copy] }

    func scores(whole: Double, _ values: [Double]) -> [Double] {
      let weights = flags.map { flags in
        let share = Double(flags.count { $0 }) / Double(flags.count)
        let distance = 1 - share.squareRoot()
        return exp(-distance * distance / (2 * method.kernelWidth * method.kernelWidth))
      }
      let model = LinearModel(flags, values, weights: weights)
      return switch method.regression {
      case .lasso: model.lasso(alpha: method.alpha)
      case .ridge: model.ridge(alpha: method.alpha)
      }
    }
  }
}
