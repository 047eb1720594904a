import FoundationEssentials

/// SentencePiece's precompiled normalization: replacements found by a double-array trie over UTF-8 bytes.
///
/// The blob holds the size of the trie in bytes (32 bits, little-endian), the trie's units (Darts-clone's layout), and
/// the replacements as UTF-8, each ended by a NUL, which the trie's values point into.
struct PrecompiledCharacterMap: Sendable {
  private let units: [UInt32]
  private let replacements: [UInt8]

  init(_ component: ConfigurationComponent) throws(TokenizerError) {
    let text = try component.member("precompiled_charsmap")
    guard let blob = Data(base64Encoded: try text.string()) else { throw text.error(.malformed, "no base64") }
    guard let map = PrecompiledCharacterMap(blob: [UInt8](blob)) else {
      throw text.error(.malformed, "no precompiled character map")
    }
    self = map
  }

  /// Reads the blob; nil where it is none.
  init?(blob: [UInt8]) {
    func unit(at position: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(blob[position + $1]) << UInt32($1 * 8) }
    }
    guard blob.count >= 4 else { return nil }
    let size = Int(unit(at: 0))
    guard size >= 4, size % 4 == 0, size <= blob.count - 4 else { return nil }
    units = stride(from: 4, to: size + 4, by: 4).map(unit)
    replacements = Array(blob[(size + 4)...])
  }

  /// Replaces what the map knows.
  ///
  /// A grapheme cluster of less than six bytes is replaced as a whole where the map knows its start; otherwise, and in
  /// longer clusters, each scalar for itself. Hugging Face `tokenizers` does it so.
  ///
  /// - Parameter limit: most scalars of the result.
  /// - Returns: false, with the text as it was, where there would be more.
  func normalize(_ text: inout NormalizedText, limit: Int) -> Bool {
    var changes: [ScalarChange] = []
    changes.reserveCapacity(text.count)
    var isModified = false
    text.forEachGrapheme { cluster in
      if changes.count > limit { return }
      let elements = text.elements[cluster]
      if elements.reduce(0, { $0 + Self.byteCount($1.scalar) }) < 6, let replacement = replacement(of: elements) {
        isModified = true
        Self.replace(cluster.count, by: replacement, in: &changes)
        return
      }
      for index in cluster {
        if cluster.count > 1, let replacement = replacement(of: text.elements[index...index]) {
          isModified = true
          Self.replace(1, by: replacement, in: &changes)
        } else {
          changes.append(ScalarChange(scalar: text.elements[index].scalar, change: 0))
        }
      }
    }
    guard changes.count <= limit else { return false }
    if isModified { text.transform(changes) }
    return true
  }

  private static func replace(_ count: Int, by replacement: [UInt32], in changes: inout [ScalarChange]) {
    let grown = replacement.count - count
    for (index, scalar) in replacement.enumerated() {
      changes.append(ScalarChange(scalar: scalar, change: index >= count ? 1 : 0))
    }
    // What goes is counted with the scalar before it; at the start of the text it is not counted at all.
    if grown < 0, !changes.isEmpty { changes[changes.count - 1].change += grown }
  }

  /// The replacement of the shortest known start of `elements`, or nil.
  private func replacement(of elements: ArraySlice<NormalizedText.Element>) -> [UInt32]? {
    var node = Self.offset(units[0])
    for element in elements {
      guard let scalar = Unicode.Scalar(element.scalar) else { return nil }
      for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
        guard byte != 0 else { return nil }
        node ^= Int(byte)
        guard node < units.count, units[node] & (1 << 31 | 0xFF) == UInt32(byte) else { return nil }
        let unit = units[node]
        node ^= Self.offset(unit)
        if unit >> 8 & 1 == 1 {
          guard node < units.count else { return nil }
          let start = Int(units[node] & 0x7FFF_FFFF)
          guard start <= replacements.count else { return nil }
          return String(decoding: replacements[start...].prefix { $0 != 0 }, as: UTF8.self).unicodeScalars
            .map(\.value)
        }
      }
    }
    return nil
  }

  private static func offset(_ unit: UInt32) -> Int { Int(unit >> 10) << Int((unit & 1 << 9) >> 6) }

  private static func byteCount(_ scalar: UInt32) -> Int {
    scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4
  }
}

extension NormalizedText {
  /// Calls `body` with each extended grapheme cluster (Unicode Standard Annex 29), in order.
  fileprivate func forEachGrapheme(_ body: (Range<Int>) -> Void) {
    var start = 0
    while start < count {
      // Between two ASCII scalars there is a boundary, but for a carriage return and a line feed.
      var end = start + 1
      while end < count,
        !(elements[end - 1].scalar < 0x80 && elements[end].scalar < 0x80)
          || (elements[end - 1].scalar == 0x0D && elements[end].scalar == 0x0A)
      {
        end += 1
      }
      if end == start + 1 {
        body(start..<end)
      } else {
        var position = start
        for character in string(start..<end) {
          let next = position + character.unicodeScalars.count
          body(position..<next)
          position = next
        }
      }
      start = end
    }
  }
}
