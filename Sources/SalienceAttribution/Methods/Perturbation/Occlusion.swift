import SalienceJSON

/// What F loses when a window of neighbouring features is taken out, as Captum's `Occlusion` (arXiv 1311.2901).
///
/// Windows begin at every `stride`-th feature until one reaches the last; that one may be shorter. A feature's score is
/// the mean over the windows that hold it.
public struct Occlusion: PerturbationMethod {
  public static let name = "occlusion"
  public static let summary = "what the output loses without a window of neighbouring tokens"
  public static let windowSetting = Setting.integer(
    "window", in: 1...maximumWindow, fallback: 1, help: "features that are taken out together")
  public static let strideSetting = Setting.integer(
    "stride", in: 1...maximumWindow, fallback: 1, help: "features from one window's first to the next one's")
  public static let settings: [any SettingDeclaration] =
    [windowSetting, strideSetting] + PerturbationSettings.declarations
  private static let maximumWindow = 1000

  public let id: String
  public let window: Int
  /// At most `window`, so that every feature is in a window.
  public let stride: Int
  public let settings: PerturbationSettings

  public init(
    id: String = name, window: Int = windowSetting.fallback, stride: Int = strideSetting.fallback,
    settings: PerturbationSettings = PerturbationSettings()
  ) {
    self.id = id
    self.window = window
    self.stride = min(stride, window)
    self.settings = settings
  }

  public init(id: String, settings: any SettingsReader) throws {
    let window = try Self.windowSetting.value(in: settings)
    let stride = try Self.strideSetting.value(in: settings)
    guard stride <= window else {
      throw settings.fault(Self.strideSetting.key, "must not be larger than 'window', or features would be left out")
    }
    self.init(id: id, window: window, stride: stride, settings: try PerturbationSettings(settings))
  }

  public var values: [JSONMember] {
    settings.values + [Self.windowSetting.member(window), Self.strideSetting.member(stride)]
  }

  public func copies(features: Int) -> Int { 1 + (max(0, features - window) + stride - 1) / stride }

  public func design(features: Int, seeds: SampleSeeds) -> any PerturbationDesign {
    let groups = (0..<copies(features: features)).map { $0 * stride..<min(features, $0 * stride + window) }
    return AblationDesign(features: features, groups: groups)
  }
}
