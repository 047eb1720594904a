/// A post-processor of a tokenizer.json: where the special tokens go, which type each token has, and whether offsets
/// leave out the white space of byte-level tokens.
struct PostProcessor: Sendable {
  /// One place of a template.
  enum Slot: Sendable {
    /// The tokens of the text (0) or of its pair (1).
    case sequence(UInt8, typeID: Int32)
    case special(token: String, id: Int32, typeID: Int32)
  }

  private(set) var single: [Slot] = [.sequence(0, typeID: 0)]
  private(set) var pair: [Slot] = [.sequence(0, typeID: 0), .sequence(1, typeID: 1)]
  /// The trimming of offsets, in order.
  private(set) var trims: [OffsetTrimming] = []
  private var hasTemplate = false

  /// Tokens of the text, then of its pair, with nothing added.
  static let plain = PostProcessor()

  private init() {}

  init(_ component: ConfigurationComponent) throws(TokenizerError) {
    try add(component)
  }

  private mutating func add(_ component: ConfigurationComponent) throws(TokenizerError) {
    let type = try component.type()
    if type != "Sequence", hasTemplate {
      throw component.error(.unsupported, "post-processor '\(type)' after one that adds tokens is not supported")
    }
    switch type {
    case "TemplateProcessing":
      let specials = try component.member("special_tokens")
      single = try Self.template(try component.member("single"), specials)
      pair = try Self.template(try component.member("pair"), specials)
      guard Self.sequences(single) == [0] else {
        throw component.error(.unsupported, "the template 'single' must hold sequence A, once")
      }
      guard Self.sequences(pair).sorted() == [0, 1] else {
        throw component.error(.unsupported, "the template 'pair' must hold sequences A and B, once each")
      }
      hasTemplate = true
    case "BertProcessing":
      let cls = try Self.special(try component.member("cls"), typeID: 0)
      let sep = try component.member("sep")
      single = [cls, .sequence(0, typeID: 0), try Self.special(sep, typeID: 0)]
      pair = single + [.sequence(1, typeID: 1), try Self.special(sep, typeID: 1)]
      hasTemplate = true
    case "RobertaProcessing":
      try addTrimming(component)
      let cls = try Self.special(try component.member("cls"), typeID: 0)
      let sep = try Self.special(try component.member("sep"), typeID: 0)
      single = [cls, .sequence(0, typeID: 0), sep]
      pair = single + [sep, .sequence(1, typeID: 0), sep]
      hasTemplate = true
    case "ByteLevel": try addTrimming(component)
    case "Sequence":
      for element in try component.member("processors").elements() { try add(element) }
    default:
      throw component.error(.unsupported, "post-processor '\(type)' is not supported")
    }
  }

  private mutating func addTrimming(_ component: ConfigurationComponent) throws(TokenizerError) {
    guard try component.bool("trim_offsets") else { return }
    trims.append(OffsetTrimming(hasPrefixSpace: try component.bool("add_prefix_space")))
  }

  func slots(hasPair: Bool, addingSpecialTokens: Bool) -> [Slot] {
    let slots = hasPair ? pair : single
    return addingSpecialTokens ? slots : slots.filter { if case .sequence = $0 { true } else { false } }
  }

  /// How many of `slots` are special tokens.
  static func specialCount(_ slots: [Slot]) -> Int {
    slots.count { if case .special = $0 { true } else { false } }
  }

  /// The offsets of the token at `index` of its text without its white space.
  func trimmed(_ offsets: Range<Int>, of token: String, at index: Int) -> Range<Int> {
    trims.reduce(offsets) { $1.trim($0, of: token, at: index) }
  }

  private static func sequences(_ slots: [Slot]) -> [UInt8] {
    slots.compactMap { if case .sequence(let number, _) = $0 { number } else { nil } }
  }

  private static func template(
    _ template: ConfigurationComponent, _ specials: ConfigurationComponent
  ) throws(TokenizerError) -> [Slot] {
    var slots: [Slot] = []
    for element in try template.elements() {
      if let sequence = element.optional("Sequence") {
        let name = try sequence.member("id").string()
        guard name == "A" || name == "B" else { throw sequence.error(.malformed, "expected the sequence A or B") }
        slots.append(.sequence(name == "A" ? 0 : 1, typeID: try sequence.member("type_id").index()))
      } else {
        let special = try element.member("SpecialToken")
        let typeID = try special.member("type_id").index()
        let definition = try specials.member(try special.member("id").string())
        let ids = try definition.member("ids").elements()
        let tokens = try definition.member("tokens").elements()
        guard ids.count == tokens.count else { throw definition.error(.malformed, "as many tokens as ids are needed") }
        for (id, token) in zip(ids, tokens) {
          slots.append(.special(token: try token.string(), id: try id.index(), typeID: typeID))
        }
      }
    }
    return slots
  }

  /// A token and its id, as `["[SEP]", 102]`.
  private static func special(_ component: ConfigurationComponent, typeID: Int32) throws(TokenizerError) -> Slot {
    let elements = try component.elements()
    guard elements.count == 2 else { throw component.error(.malformed, "expected a token and its id") }
    return .special(token: try elements[0].string(), id: try elements[1].index(), typeID: typeID)
  }
}
