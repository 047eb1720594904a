/// A text on its way through the normalizers, each scalar tied to the range of original scalars it came from.
///
/// The rules by which ranges are kept are those of Hugging Face `tokenizers`: a scalar that replaces another takes its
/// range, an inserted one the range of the scalar before it, and a removed one takes its range away with it.
struct NormalizedText: Sendable {
  /// A scalar and the half-open range of original scalars behind it.
  struct Element: Sendable {
    var scalar: UInt32
    var start: Int32
    var end: Int32
  }

  var elements: [Element]

  init(elements: [Element] = []) { self.elements = elements }

  /// The scalars `range` of an original text, unchanged.
  init(_ original: [UInt32], _ range: Range<Int>) {
    elements = range.map { Element(scalar: original[$0], start: Int32($0), end: Int32($0 + 1)) }
  }

  var count: Int { elements.count }
  var isASCII: Bool { elements.allSatisfy { $0.scalar < 0x80 } }

  /// How many UTF-8 bytes the scalar at `index` takes.
  @inline(__always)
  func byteCount(at index: Int) -> Int {
    let scalar = elements[index].scalar
    return scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4
  }

  /// The range of original scalars behind a non-empty range of this text.
  func originalRange(_ range: Range<Int>) -> Range<Int> {
    guard let first = elements[range].first, let last = elements[range].last else { return 0..<0 }
    return Int(first.start)..<max(Int(first.start), Int(last.end))
  }

  /// The scalars of `range` as a string.
  func string(_ range: Range<Int>) -> String {
    var text = String.UnicodeScalarView()
    text.reserveCapacity(range.count)
    for element in elements[range] {
      if let scalar = Unicode.Scalar(element.scalar) { text.append(scalar) }
    }
    return String(text)
  }

  /// Rewrites the text from `changes`, in order: a change of 1 inserts its scalar, 0 replaces one scalar with it, and
  /// -n replaces one scalar and removes the n that follow.
  mutating func transform(_ changes: [ScalarChange]) {
    var result: [Element] = []
    result.reserveCapacity(changes.count)
    var consumed = 0
    for change in changes {
      if change.change > 0 {
        let before = consumed > 0 ? elements[consumed - 1] : Element(scalar: 0, start: 0, end: 0)
        result.append(Element(scalar: change.scalar, start: before.start, end: before.end))
      } else if consumed < elements.count {
        let old = elements[consumed]
        result.append(Element(scalar: change.scalar, start: old.start, end: old.end))
        consumed += 1 - change.change
      }
    }
    elements = result
  }
}

/// One step of a rewriting: a scalar, and what it does to the text being rewritten; see `NormalizedText.transform`.
struct ScalarChange: Sendable {
  var scalar: UInt32
  var change: Int
}
