/// Finds the class that a dataset's label means.
///
/// A label is a class's name, its number or `LABEL_n`, in this order: names exactly, then without regard to case where
/// that leaves one class alone. `1.0` means `1`, and white space around a label does not count. Names go before numbers,
/// so that a model whose classes are called `1`, `2` and `3` takes a `1` for its first class.
struct ClassIndex: Sendable {
  private let count: Int
  /// A class by its name; nil where several have it.
  private var exact: [String: Int?] = [:]
  private var folded: [String: Int?] = [:]

  init(_ names: [String]) {
    count = names.count
    for (index, name) in names.enumerated() {
      exact.updateValue(exact.keys.contains(name) ? nil : index, forKey: name)
      let key = name.lowercased()
      folded.updateValue(folded.keys.contains(key) ? nil : index, forKey: key)
    }
  }

  /// The class; nil where the label means none, or more than one.
  func index(of label: String) -> Int? {
    let text = Self.trimmed(label)
    if text.isEmpty { return nil }
    let number = Self.wholeNumber(text)
    for name in [text] + (number.map { [String($0)] } ?? []) {
      if let found = exact[name] { return found }
    }
    if let found = folded[text.lowercased()] { return found }
    if let number { return number < count ? number : nil }
    let prefix = "label_"
    guard text.lowercased().hasPrefix(prefix), let number = Self.digits(text.dropFirst(prefix.count)) else {
      return nil
    }
    return number < count ? number : nil
  }

  static func trimmed(_ text: some StringProtocol) -> String {
    let scalars = text.unicodeScalars.drop(while: \.properties.isWhitespace)
    let end = scalars.lastIndex { !$0.properties.isWhitespace }
    return end.map { String(String.UnicodeScalarView(scalars[...$0])) } ?? ""
  }

  /// The number of `1`, `01`, `1.0` and `1e0`; nil for a fraction, a negative number and what is not a number.
  private static func wholeNumber(_ text: String) -> Int? {
    if let number = digits(text[...]) { return number }
    guard text.utf8.first.map(isDigit) == true, text.utf8.allSatisfy({ isDigit($0) || ".eE+-".utf8.contains($0) }),
      let value = Double(text)
    else { return nil }
    return Int(exactly: value)
  }

  private static func digits(_ text: Substring) -> Int? { text.utf8.allSatisfy(isDigit) ? Int(text) : nil }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
