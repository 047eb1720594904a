import SalienceJSON

/// Token strings and their ids.
struct Vocabulary: Sendable {
  private(set) var tokens: [String] = []
  private(set) var ids: [Int32] = []
  /// Finds a token's position in `tokens` and `ids`.
  private(set) var trie = ScalarTrie()
  private var positions: [Int32: Int] = [:]  // by id

  /// Reads an object of ids by token.
  init(_ component: ConfigurationComponent) throws(TokenizerError) {
    let members = try component.members()
    guard members.count < Int32.max / 2 else { throw component.error(.unsupported, "the vocabulary is too large") }
    tokens.reserveCapacity(members.count)
    ids.reserveCapacity(members.count)
    for (position, member) in members.enumerated() {
      guard let number = member.value.intValue, let id = Int32(exactly: number), id >= 0 else {
        throw component.error(.malformed, "entry \(position) has no id from 0 to \(Int32.max)")
      }
      add(member.name, id: id)
    }
  }

  /// Tokens whose ids are their places; of equal ones the last counts.
  init(tokens: [String]) {
    self.tokens = tokens
    ids = Array(0..<Int32(tokens.count))
    for (position, token) in tokens.enumerated() {
      trie.insert(token.unicodeScalars.lazy.map(\.value), value: Int32(position))
      positions[Int32(position)] = position
    }
  }

  init() {}

  var count: Int { tokens.count }
  var highestID: Int32 { ids.max() ?? -1 }

  func id(of token: String) -> Int32? { trie.find(token).map { ids[Int($0)] } }
  func token(of id: Int32) -> String? { positions[id].map { tokens[$0] } }

  /// The position of a token.
  func entry(of token: [UInt32]) -> Int32? { trie.walk(token).flatMap { trie.value(at: $0) } }

  /// The position of the token that is written as `range` of a text.
  func entry(of text: NormalizedText, _ range: Range<Int>) -> Int? {
    var node = ScalarTrie.root
    for index in range {
      guard let next = trie.step(from: node, by: text.elements[index].scalar) else { return nil }
      node = next
    }
    return trie.value(at: node).map { Int($0) }
  }

  /// The positions of the tokens `<0x00>` to `<0xFF>`, by byte; -1 where one is missing.
  var byteEntries: [Int32] {
    (0..<256).map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return trie.find("<0x\(byte < 16 ? "0" : "")\(digits)>") ?? -1
    }
  }

  /// Adds a token; one that is there already gets the new id.
  mutating func add(_ token: String, id: Int32) {
    if let known = trie.find(token) {
      ids[Int(known)] = id
      positions[id] = Int(known)
      return
    }
    trie.insert(token.unicodeScalars.lazy.map(\.value), value: Int32(tokens.count))
    positions[id] = tokens.count
    tokens.append(token)
    ids.append(id)
  }
}
