import SalienceTokenizers

/// What a model's C outputs are called: classes, the ends of an answer, or the tokens of a vocabulary.
public struct OutputNames: Sendable {
  private enum Source: Sendable {
    case classes([String], ClassIndex)
    case vocabulary(Tokenizer)
  }

  private let source: Source
  /// C.
  public let count: Int

  public init(_ classes: [String]) {
    source = .classes(classes, ClassIndex(classes))
    count = classes.count
  }

  /// - Parameter count: V of the model, which may have more rows than the tokenizer has tokens.
  public init(vocabularyOf tokenizer: Tokenizer, count: Int) {
    source = .vocabulary(tokenizer)
    self.count = count
  }

  /// The name of an output; ids that no token has are named by their number.
  public subscript(index: Int) -> String {
    switch source {
    case .classes(let names, _): names[index]
    case .vocabulary(let tokenizer): tokenizer.token(of: Int32(clamping: index)) ?? "\(index)"
    }
  }

  /// The output that a class or token of the pipeline file means; nil where there is none, or more than one.
  ///
  /// A token is written as the vocabulary holds it, or as text that is a single token.
  public func index(of name: ClassName) -> Int? {
    switch (name, source) {
    case (.index(let index), _): return (0..<count).contains(index) ? index : nil
    case (.name(let name), .classes(let names, _)):
      let places = names.indices.filter { names[$0] == name }
      if places.isEmpty { return Int(name).flatMap { names.indices.contains($0) ? $0 : nil } }
      return places.count == 1 ? places[0] : nil
    case (.name(let name), .vocabulary(let tokenizer)):
      if let id = tokenizer.id(of: name) { return Int(id) }
      // The unknown token stands for every text that the vocabulary lacks, and means none of them.
      guard let encoding = try? tokenizer.encode(name, addingSpecialTokens: false), encoding.count == 1,
        encoding.ids[0] != tokenizer.unknownToken?.id
      else { return nil }
      return Int(encoding.ids[0])
    }
  }

  /// The output that a dataset's label means: a class as `ClassIndex` says, or a token as in a pipeline file.
  public func index(meantBy label: String) -> Int? {
    switch source {
    case .classes(_, let index): index.index(of: label)
    case .vocabulary: index(of: .name(label))
    }
  }

  /// The first classes, for messages; none of a vocabulary.
  var shown: [String] {
    guard case .classes(let names, _) = source else { return [] }
    return Array(names.prefix(8)) + (names.count > 8 ? ["…"] : [])
  }

  /// Why a row's label is none of the outputs.
  func mismatch(ofLabel label: String) -> String {
    let shown = label.count > 40 ? "\(label.prefix(39))…" : label
    guard case .classes(let names, _) = source else { return "the row's label '\(shown)' is no token of the model's" }
    let isAmbiguous = names.contains(label)
    return "the row's label '\(shown)' is \(isAmbiguous ? "more than one" : "none") of the model's classes: "
      + self.shown.joined(separator: ", ")
  }

  /// `index(of:)`, or what to tell a user who named something else.
  func resolve(_ name: ClassName) throws -> Int {
    if let index = index(of: name) { return index }
    let wanted =
      switch name {
      case .name(let name): "'\(name)'"
      case .index(let index): "\(index)"
      }
    switch source {
    case .classes(let names, _):
      if case .name(let name) = name, names.contains(name) {
        throw AttributionError(
          .usage, "more than one class is called '\(name)': name one by its index", setting: .target)
      }
      throw AttributionError(
        .usage, "no class \(wanted) among the model's \(names.count): \(shown.joined(separator: ", "))",
        setting: .target)
    case .vocabulary:
      throw AttributionError(
        .usage, "no token \(wanted) in the model's vocabulary of \(count)", setting: .target)
    }
  }
}
