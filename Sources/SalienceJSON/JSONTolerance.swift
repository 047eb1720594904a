/// What a parser takes although RFC 8259 has no place for it, because programs that are common write it.
public struct JSONTolerance: OptionSet, Sendable {
  public let rawValue: Int

  public init(rawValue: Int) { self.rawValue = rawValue }

  /// `NaN`, `Infinity` and `-Infinity`, as Python's `json` writes them; they become numbers of that text.
  public static let nonFiniteNumbers = JSONTolerance(rawValue: 1)
  /// Escapes of one half of a surrogate pair, as `\ud83d` alone; U+FFFD stands in for each.
  public static let loneSurrogates = JSONTolerance(rawValue: 2)
}
