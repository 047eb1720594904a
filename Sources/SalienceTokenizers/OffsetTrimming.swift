/// Takes white space at the ends of byte-level tokens out of their offsets, as Hugging Face `tokenizers` does it.
struct OffsetTrimming: Sendable {
  /// Whether the pre-tokenizer put a space before the text, which stands for nothing in it.
  let hasPrefixSpace: Bool

  func trim(_ offsets: Range<Int>, of token: String, at index: Int) -> Range<Int> {
    var leading = token.unicodeScalars.prefix(while: Self.isSpace).count
    let trailing = token.unicodeScalars.reversed().prefix(while: Self.isSpace).count
    guard leading > 0 || trailing > 0 else { return offsets }
    var (start, end) = (offsets.lowerBound, offsets.upperBound)
    if leading > 0 {
      if index == 0 || start == 0, hasPrefixSpace, leading == 1 { leading = 0 }
      start = min(start + leading, end)
    }
    if trailing > 0, end >= trailing { end = max(end - trailing, start) }
    return start..<end
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value == ByteLevelAlphabet.space || ScalarClasses.table[scalar.value].contains(.whitespace)
  }
}
