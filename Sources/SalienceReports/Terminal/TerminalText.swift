/// Text and numbers as a terminal may show them.
public enum TerminalText {
  /// A decimal with `digits` places; tiny negatives lose their sign.
  static func fixed(_ value: Double, _ digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded()
    guard let whole = Int64(exactly: scaled) else { return value.description }
    let number = String(whole)
    let padded = String(repeating: "0", count: max(0, digits + 1 - number.count)) + number
    let sign = value < 0 && whole != 0 ? "-" : ""
    guard digits > 0 else { return sign + padded }
    return "\(sign)\(padded.dropLast(digits)).\(padded.suffix(digits))"
  }

  /// Three significant digits with sign and exponent: `-3.16e-5`.
  ///
  /// - Parameter value: finite and not 0.
  static func scientific(_ value: Double) -> String {
    var (mantissa, exponent) = (value.magnitude, 0)
    while mantissa < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    while mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    // 9.996 rounds to 10.
    if mantissa >= 9.995 { (mantissa, exponent) = (1, exponent + 1) }
    return "\(value < 0 ? "-" : "+")\(fixed(mantissa, 2))e\(exponent)"
  }

  /// The same as `fixed` with a plus where it is positive.
  static func signed(_ value: Double, _ digits: Int) -> String {
    let text = fixed(value, digits)
    return text.first == "-" ? text : "+" + text
  }
}
