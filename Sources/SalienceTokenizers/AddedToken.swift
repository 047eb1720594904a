/// A token found in the text as it stands, before the model sees it.
struct AddedToken: Sendable, Equatable {
  let content: String
  let isSpecial: Bool
  /// Whether it counts only with no word character on either side.
  let isSingleWord: Bool
  /// Whether it takes in the white space before it, and after it.
  let stripsLeft: Bool
  let stripsRight: Bool
  /// Whether it is looked for, normalized, in the normalized text; otherwise as it is in the original.
  let isNormalized: Bool

  init(_ component: ConfigurationComponent) throws(TokenizerError) {
    content = try component.member("content").string()
    isSpecial = try component.bool("special", default: false)
    isSingleWord = try component.bool("single_word", default: false)
    stripsLeft = try component.bool("lstrip", default: false)
    stripsRight = try component.bool("rstrip", default: false)
    isNormalized = try component.bool("normalized", default: !isSpecial)
  }

  static func == (a: AddedToken, b: AddedToken) -> Bool {
    // By scalars: Swift's strings would take composed and decomposed forms for equal.
    a.content.unicodeScalars.elementsEqual(b.content.unicodeScalars) && a.isSpecial == b.isSpecial
      && a.isSingleWord == b.isSingleWord && a.stripsLeft == b.stripsLeft && a.stripsRight == b.stripsRight
      && a.isNormalized == b.isNormalized
  }
}
