/// A token found in the text as it stands, before the model sees it.
struct AddedToken: Sendable, Equatable {
  let content: String
  var isSpecial: Bool
  /// Whether it counts only with no word character on either side.
  var isSingleWord = false
  /// Whether it takes in the white space before it, and after it.
  var stripsLeft = false
  var stripsRight = false
  /// Whether it is looked for, normalized, in the normalized text; otherwise as it is in the original.
  var isNormalized: Bool

  /// A token that takes in no white space; a special one is looked for in the original text.
  init(_ content: String, isSpecial: Bool = true) {
    self.content = content
    self.isSpecial = isSpecial
    isNormalized = !isSpecial
  }

  /// Reads a string, or an object with a `content`.
  ///
  /// - Parameter isSpecial: whether it is special; as the object says, and a string is, unless given.
  init(_ component: ConfigurationComponent, isSpecial: Bool? = nil) throws(TokenizerError) {
    guard component.value.objectValue != nil else {
      self.init(try component.string(), isSpecial: isSpecial ?? true)
      return
    }
    let content = try component.member("content").string()
    if let isSpecial {
      self.init(content, isSpecial: isSpecial)
    } else {
      self.init(content, isSpecial: try component.bool("special", default: false))
    }
    isSingleWord = try component.bool("single_word", default: false)
    stripsLeft = try component.bool("lstrip", default: false)
    stripsRight = try component.bool("rstrip", default: false)
    isNormalized = try component.bool("normalized", default: isNormalized)
  }

  static func == (a: AddedToken, b: AddedToken) -> Bool {
    // By scalars: Swift's strings would take composed and decomposed forms for equal.
    a.content.unicodeScalars.elementsEqual(b.content.unicodeScalars) && a.isSpecial == b.isSpecial
      && a.isSingleWord == b.isSingleWord && a.stripsLeft == b.stripsLeft && a.stripsRight == b.stripsRight
      && a.isNormalized == b.isNormalized
  }
}
