/// A post-processor of a tokenizer.json: where the special tokens go, and which type each token has.
struct PostProcessor: Sendable {
  /// One place of a template.
  enum Slot: Sendable {
    /// The tokens of the text (0) or of its pair (1).
    case sequence(UInt8, typeID: Int32)
    case special(token: String, id: Int32, typeID: Int32)
  }

  let single: [Slot]
  let pair: [Slot]

  /// Tokens of the text, then of its pair, with nothing added.
  static let plain = PostProcessor(
    single: [.sequence(0, typeID: 0)], pair: [.sequence(0, typeID: 0), .sequence(1, typeID: 1)])

  init(single: [Slot], pair: [Slot]) {
    self.single = single
    self.pair = pair
  }

  init(_ component: ConfigurationComponent) throws(TokenizerError) {
    let type = try component.type()
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
    case "BertProcessing":
      let cls = try Self.tokenAndID(try component.member("cls"))
      let sep = try Self.tokenAndID(try component.member("sep"))
      let first: [Slot] = [
        .special(token: cls.token, id: cls.id, typeID: 0), .sequence(0, typeID: 0),
        .special(token: sep.token, id: sep.id, typeID: 0),
      ]
      single = first
      pair = first + [.sequence(1, typeID: 1), .special(token: sep.token, id: sep.id, typeID: 1)]
    default:
      throw component.error(.unsupported, "post-processor '\(type)' is not supported")
    }
  }

  func slots(hasPair: Bool) -> [Slot] { hasPair ? pair : single }

  /// How many special tokens are added.
  func addedCount(hasPair: Bool) -> Int {
    slots(hasPair: hasPair).count { if case .special = $0 { true } else { false } }
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

  private static func tokenAndID(
    _ component: ConfigurationComponent
  ) throws(TokenizerError) -> (token: String, id: Int32) {
    let elements = try component.elements()
    guard elements.count == 2 else { throw component.error(.malformed, "expected a token and its id") }
    return (try elements[0].string(), try elements[1].index())
  }
}
