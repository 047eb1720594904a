extension TerminalText {
  /// The text on one line, with what could steer or mislead a terminal written out: `\u{1B}`, `\n`, `\u{202E}`.
  ///
  /// These are the control characters of C0 and C1, DEL, the line and paragraph separators, and the characters that
  /// change the direction of writing.
  public static func visible(_ text: String) -> String { visible(text, keeping: []) }

  /// The same for a table's lines, whose line ends and tabs stay.
  static func visibleTable(_ text: String) -> String { visible(text, keeping: ["\n", "\t"]) }

  /// The same JSON with these characters as JSON escapes them, and the same value for whoever reads it.
  ///
  /// - Parameter json: JSON text, in which they stand in strings alone, but for the line ends between its elements.
  public static func visibleJSON(_ json: String) -> String {
    replacingSteering(in: json, keeping: ["\n"]) { scalar in
      let digits = String(scalar.value, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
  }

  private static func visible(_ text: String, keeping kept: Set<Unicode.Scalar>) -> String {
    replacingSteering(in: text, keeping: kept) { scalar in
      switch scalar {
      case "\n": "\\n"
      case "\r": "\\r"
      case "\t": "\\t"
      default: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      }
    }
  }

  private static func replacingSteering(
    in text: String, keeping kept: Set<Unicode.Scalar>, with replacement: (Unicode.Scalar) -> String
  ) -> String {
    func isSteering(_ scalar: Unicode.Scalar) -> Bool { steers(scalar) && !kept.contains(scalar) }
    guard text.unicodeScalars.contains(where: isSteering) else { return text }
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if isSteering(scalar) {
        scalars.append(contentsOf: replacement(scalar).unicodeScalars)
      } else {
        scalars.append(scalar)
      }
    }
    return String(scalars)
  }

  // The directional ones are those of Unicode's Bidi_Control property (UAX #9).
  private static func steers(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
