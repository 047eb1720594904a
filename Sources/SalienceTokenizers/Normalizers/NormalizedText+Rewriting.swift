extension NormalizedText {
  /// Replaces each scalar by its lowercase mapping; context, such as a final sigma's, does not count.
  mutating func lowercase() {
    let mapping = ScalarMapping.lowercase
    var grown: [ScalarChange]?  // set from the first scalar on that maps to several
    for index in elements.indices {
      let scalar = elements[index].scalar
      if scalar < 0x80 {
        let lower = scalar &- 0x41 < 26 ? scalar | 0x20 : scalar
        if grown == nil {
          elements[index].scalar = lower
        } else {
          grown?.append(ScalarChange(scalar: lower, change: 0))
        }
        continue
      }
      let mapped = mapping(scalar)
      if let mapped, mapped.count > 1, grown == nil {
        grown = elements[..<index].map { ScalarChange(scalar: $0.scalar, change: 0) }
      }
      if grown == nil {
        elements[index].scalar = mapped?.first ?? scalar
      } else if let mapped {
        for (position, part) in mapped.enumerated() {
          grown?.append(ScalarChange(scalar: part, change: position == 0 ? 0 : 1))
        }
      } else {
        grown?.append(ScalarChange(scalar: scalar, change: 0))
      }
    }
    if let grown { transform(grown) }
  }

  /// Drops the scalars of a class.
  mutating func removeAll(_ dropped: ScalarClasses) {
    let classes = ScalarClasses.table
    elements.removeAll { !classes[$0.scalar].isDisjoint(with: dropped) }
  }

  /// BERT's cleaning: drops control characters and makes every white space a space.
  mutating func clean() {
    let classes = ScalarClasses.table
    var kept = 0
    for index in elements.indices {
      let own = classes[elements[index].scalar]
      if own.contains(.control) { continue }
      if kept != index { elements[kept] = elements[index] }
      if own.contains(.whitespace) { elements[kept].scalar = 0x20 }
      kept += 1
    }
    elements.removeLast(elements.count - kept)
  }

  /// Puts a space on either side of every Chinese character.
  mutating func isolateChineseCharacters() {
    guard elements.contains(where: { Self.isChineseCharacter($0.scalar) }) else { return }
    var result: [Element] = []
    result.reserveCapacity(elements.count * 2)
    for element in elements {
      guard Self.isChineseCharacter(element.scalar) else {
        result.append(element)
        continue
      }
      // All three keep the character's own range.
      let space = Element(scalar: 0x20, start: element.start, end: element.end)
      result.append(space)
      result.append(element)
      result.append(space)
    }
    elements = result
  }

  /// The blocks BERT takes for Chinese: CJK Unified Ideographs, its extensions A to E and the compatibility ideographs.
  private static func isChineseCharacter(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F, 0x2B920...0x2CEAF,
      0xF900...0xFAFF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }

  /// Drops white space at the ends.
  mutating func strip(left: Bool, right: Bool) {
    let classes = ScalarClasses.table
    if right {
      let end = elements.lastIndex { !classes[$0.scalar].contains(.whitespace) }.map { $0 + 1 } ?? 0
      elements.removeLast(elements.count - end)
    }
    if left {
      let start = elements.firstIndex { !classes[$0.scalar].contains(.whitespace) } ?? elements.count
      elements.removeFirst(start)
    }
  }

  /// Replaces every match of a pattern, from left to right.
  ///
  /// What is put in takes the range of the last scalar of the match.
  /// - Parameter limit: most scalars of the result.
  /// - Throws: `TokenizerError` with code `excessiveWork` where there would be more, or matching takes too many steps.
  mutating func replace(_ pattern: Pattern, with content: [UInt32], limit: Int) throws(TokenizerError) {
    var result: [Element] = []
    var copied = 0
    try pattern.forEachMatch(self, 0..<count) { (match) throws(TokenizerError) in
      guard result.count + match.lowerBound - copied + content.count <= limit else {
        throw pattern.excess("makes more than \(limit) characters of this text")
      }
      result.append(contentsOf: elements[copied..<match.lowerBound])
      let last = match.upperBound > 0 ? elements[match.upperBound - 1] : Element(scalar: 0, start: 0, end: 0)
      for scalar in content { result.append(Element(scalar: scalar, start: last.start, end: last.end)) }
      copied = match.upperBound
    }
    if copied == 0, result.isEmpty { return }
    result.append(contentsOf: elements[copied...])
    elements = result
  }

  /// Puts scalars before the text, with the range of its first scalar; an empty text stays empty.
  mutating func prepend(_ scalars: [UInt32]) {
    guard let first = elements.first else { return }
    elements.insert(
      contentsOf: scalars.map { Element(scalar: $0, start: first.start, end: first.end) }, at: 0)
  }

  /// The rules of SentencePiece's `nmt` normalization: drops control characters, makes other white space a space.
  mutating func applyNMTRules() {
    elements.removeAll {
      switch $0.scalar {
      case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: true
      default: false
      }
    }
    for index in elements.indices {
      switch elements[index].scalar {
      case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD:
        elements[index].scalar = 0x20
      default: break
      }
    }
  }

  /// Writes the text in letters of bytes; see `ByteLevelAlphabet`.
  mutating func writeBytes() {
    var result: [Element] = []
    result.reserveCapacity(count + count / 4)
    for element in elements { ByteLevelAlphabet.append(element, to: &result) }
    elements = result
  }
}
