/// The byte-pair encoding model: joins the characters of a word, pair by pair, in the order of its merges.
struct BPE: Sendable {
  let vocabulary: Vocabulary
  let unknownToken: String?
  private let merges: BPEMerges
  private let unknownEntry: Int32?
  private let fusesUnknown: Bool
  /// The tokens `<0x00>` to `<0xFF>`, by byte; -1 where one is missing; nil where bytes are not fallen back to.
  private let byteEntries: [Int32]?
  private let ignoresMerges: Bool
  private let continuationPrefix: [UInt32]
  private let endOfWordSuffix: [UInt32]
  /// The tokens of the single scalars below U+0180, or -1.
  private let singleEntries: [Int32]
  /// Whether a long word may be cut where no merge reaches across.
  private let partsAreIndependent: Bool

  /// Words up to this length are not cut into parts first.
  private static let longestWhole = 24

  init(_ component: ConfigurationComponent) throws(TokenizerError) {
    if let dropout = component.optional("dropout"), dropout.value.doubleValue != 0 {
      throw dropout.error(.unsupported, "dropout makes tokens random; take it out to encode as a model is run")
    }
    func text(_ name: String) throws(TokenizerError) -> [UInt32] {
      try component.optional(name)?.string().unicodeScalars.map(\.value) ?? []
    }
    let vocabulary = try Vocabulary(try component.member("vocab"))
    continuationPrefix = try text("continuing_subword_prefix")
    endOfWordSuffix = try text("end_of_word_suffix")
    merges = try BPEMerges(
      try component.member("merges"), vocabulary: vocabulary, prefixCount: continuationPrefix.count)
    unknownToken = try component.optional("unk_token")?.string()
    unknownEntry = unknownToken.flatMap { vocabulary.trie.find($0) }
    fusesUnknown = try component.bool("fuse_unk", default: false)
    ignoresMerges = try component.bool("ignore_merges", default: false)
    byteEntries = try component.bool("byte_fallback", default: false) ? vocabulary.byteEntries : nil
    singleEntries = (UInt32(0)..<0x180).map { scalar in
      vocabulary.trie.step(from: ScalarTrie.root, by: scalar).flatMap { vocabulary.trie.value(at: $0) } ?? -1
    }
    // A character without a token would shift what follows it, an affix or a whole word is not seen in parts.
    let covers = unknownToken != nil || byteEntries?.allSatisfy { $0 >= 0 } ?? false
    partsAreIndependent = covers && !ignoresMerges && continuationPrefix.isEmpty && endOfWordSuffix.isEmpty
    self.vocabulary = vocabulary
  }

  /// The end of the part of a word that starts at `start`: what is cut after it, no merge joins with it.
  func endOfPart(of text: NormalizedText, from start: Int, in range: Range<Int>) -> Int {
    guard partsAreIndependent, range.upperBound - start > Self.longestWhole else { return range.upperBound }
    var wasKnown = entry(of: text, start, in: range) >= 0
    for index in start + 1..<range.upperBound {
      let isKnown = entry(of: text, index, in: range) >= 0
      // Unknown characters are joined without a merge.
      if wasKnown, isKnown, !merges.joins(text.elements[index - 1].scalar, text.elements[index].scalar) {
        return index
      }
      wasKnown = isKnown
    }
    return range.upperBound
  }

  /// Appends the pieces of the word `range`.
  func tokenize(_ text: NormalizedText, _ range: Range<Int>, into pieces: inout [Piece]) throws(TokenizerError) {
    if ignoresMerges, let entry = vocabulary.entry(of: text, range) {
      pieces.append(Piece(entry: entry, range: range))
      return
    }
    var symbols = try symbols(of: text, range)
    merges.apply(to: &symbols)
    // Lengths are in bytes: one character may be several symbols, or none.
    var index = range.lowerBound
    var reached = 0  // bytes before `index`
    var start = 0
    for symbol in symbols {
      let end = start + Int(symbol.byteCount)
      while index < range.upperBound - 1, reached + text.byteCount(at: index) <= start {
        reached += text.byteCount(at: index)
        index += 1
      }
      let first = index
      while index < range.upperBound - 1, reached + text.byteCount(at: index) < end {
        reached += text.byteCount(at: index)
        index += 1
      }
      pieces.append(Piece(entry: Int(symbol.entry), range: first..<index + 1))
      start = end
    }
  }

  /// The characters of a word as symbols; those the vocabulary lacks as bytes, as the unknown token, or not at all.
  private func symbols(of text: NormalizedText, _ range: Range<Int>) throws(TokenizerError) -> [BPEMerges.Symbol] {
    var symbols: [BPEMerges.Symbol] = []
    symbols.reserveCapacity(range.count)
    var unknown: BPEMerges.Symbol?
    for index in range {
      let entry = entry(of: text, index, in: range)
      if entry >= 0 {
        if let pending = unknown { symbols.append(pending) }
        unknown = nil
        symbols.append(BPEMerges.Symbol(entry: entry, byteCount: Int32(text.byteCount(at: index))))
        continue
      }
      if let byteEntries {
        let bytes = utf8(of: text, index, in: range)
        if bytes.allSatisfy({ byteEntries[Int($0)] >= 0 }) {
          for byte in bytes { symbols.append(BPEMerges.Symbol(entry: byteEntries[Int(byte)], byteCount: 1)) }
          continue
        }
      }
      guard unknownToken != nil else { continue }
      guard let unknownEntry else {
        throw TokenizerError(
          code: .missingUnknownToken,
          message: "a character is not in the vocabulary, and neither is '\(unknownToken ?? "")'")
      }
      let byteCount = Int32(text.byteCount(at: index))
      if let pending = unknown, fusesUnknown {
        unknown = BPEMerges.Symbol(entry: unknownEntry, byteCount: pending.byteCount + byteCount)
      } else {
        if let pending = unknown { symbols.append(pending) }
        unknown = BPEMerges.Symbol(entry: unknownEntry, byteCount: byteCount)
      }
    }
    if let pending = unknown { symbols.append(pending) }
    return symbols
  }

  /// The token of one character at its place in a word, or -1.
  @inline(__always)
  private func entry(of text: NormalizedText, _ index: Int, in range: Range<Int>) -> Int32 {
    let scalar = text.elements[index].scalar
    let isPlain = continuationPrefix.isEmpty && endOfWordSuffix.isEmpty
    if isPlain, scalar < 0x180 { return singleEntries[Int(scalar)] }
    return vocabulary.trie.walk(written(scalar, index, in: range)).flatMap { vocabulary.trie.value(at: $0) } ?? -1
  }

  /// A character as the vocabulary writes it at its place in a word.
  private func written(_ scalar: UInt32, _ index: Int, in range: Range<Int>) -> [UInt32] {
    (index > range.lowerBound ? continuationPrefix : []) + [scalar]
      + (index == range.upperBound - 1 ? endOfWordSuffix : [])
  }

  private func utf8(of text: NormalizedText, _ index: Int, in range: Range<Int>) -> [UInt8] {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: written(text.elements[index].scalar, index, in: range).compactMap(Unicode.Scalar.init))
    return Array(String(view).utf8)
  }
}
