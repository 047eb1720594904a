import Foundation

/// Colours for scores, which stand out from a terminal's background the more the larger a score is: green where it is
/// positive, red where it is negative.
public struct ScoreColor: Sendable {
  /// What lies behind the text.
  public enum Background: String, Sendable, CaseIterable { case dark, light }

  typealias RGB = (red: Int, green: Int, blue: Int)

  let background: Background
  /// Whether any colour can be shown, or those of the 256-colour palette alone.
  let isTrueColor: Bool

  /// The background that COLORFGBG names, as rxvt and Konsole set it; nil where it does not.
  public static func background(environment: [String: String]) -> Background? {
    guard let last = environment["COLORFGBG"]?.split(separator: ";").last, let color = Int(last),
      (0...15).contains(color)
    else { return nil }
    return color < 7 || color == 8 ? .dark : .light
  }

  /// The text on its colour; as it is where the score is too small to be seen.
  ///
  /// - Parameter strength: the score over the largest one, in -1...1.
  func paint(_ text: String, strength: Double) -> String {
    guard strength.magnitude >= 0.05 else { return text }
    let (color, code) = isTrueColor ? blended(strength) : paletted(strength)
    // Black or white, whichever is easier to read.
    let isBright = Self.luminance(color) > 0.179
    let ink = isTrueColor ? (isBright ? "38;2;0;0;0" : "38;2;255;255;255") : (isBright ? "38;5;16" : "38;5;231")
    return "\u{1B}[\(ink);\(code)m\(text)\u{1B}[0m"
  }

  /// From near the background to a full colour.
  private func blended(_ strength: Double) -> (RGB, code: String) {
    let (base, full): (RGB, RGB) =
      switch background {
      case .dark: ((0, 0, 0), strength > 0 ? (40, 235, 90) : (255, 85, 75))
      case .light: ((255, 255, 255), strength > 0 ? (0, 140, 50) : (205, 25, 25))
      }
    let share = 0.15 + 0.85 * min(1, strength.magnitude)
    func mix(_ from: Int, _ to: Int) -> Int { Int((Double(from) + share * Double(to - from)).rounded()) }
    let color = (mix(base.red, full.red), mix(base.green, full.green), mix(base.blue, full.blue))
    return (color, "48;2;\(color.0);\(color.1);\(color.2)")
  }

  /// Five steps in the 6 x 6 x 6 cube of the 256-colour palette.
  private func paletted(_ strength: Double) -> (RGB, code: String) {
    let step = min(4, Int(strength.magnitude * 5))
    let index =
      switch (background, strength > 0) {
      case (.dark, true): [22, 28, 34, 40, 46][step]
      case (.dark, false): [52, 88, 124, 160, 196][step]
      case (.light, true): [194, 157, 120, 77, 28][step]
      case (.light, false): [224, 217, 210, 203, 160][step]
      }
    func level(_ cube: Int) -> Int { cube == 0 ? 0 : 55 + 40 * cube }
    let cube = index - 16
    return ((level(cube / 36), level(cube / 6 % 6), level(cube % 6)), "48;5;\(index)")
  }

  /// Relative luminance as WCAG 2 defines it, in 0...1.
  static func luminance(_ color: RGB) -> Double {
    func linear(_ value: Int) -> Double {
      let share = Double(value) / 255
      return share <= 0.040_45 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
  }
}
