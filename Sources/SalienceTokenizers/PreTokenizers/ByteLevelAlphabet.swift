/// The letters that byte-level tokenizers write bytes with: printable Latin-1 characters stand for themselves, the
/// other bytes, in order, for the scalars from U+0100 on, as in GPT-2's `encoder.py`.
package enum ByteLevelAlphabet {
  /// The letter of each byte.
  static let letters: [UInt32] = {
    var next: UInt32 = 0x100
    return (UInt32(0)..<256).map { byte in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return byte
      default:
        defer { next += 1 }
        return next
      }
    }
  }()

  /// The byte of each letter below U+0144, or -1.
  private static let bytes: [Int16] = {
    var bytes = [Int16](repeating: -1, count: 0x144)
    for (byte, letter) in letters.enumerated() { bytes[Int(letter)] = Int16(byte) }
    return bytes
  }()

  /// The letter of the space, `Ġ`.
  static let space: UInt32 = 0x120

  /// The byte a letter stands for, or nil where it is none.
  package static func byte(of scalar: UInt32) -> UInt8? {
    guard scalar < 0x144 else { return nil }
    return UInt8(exactly: bytes[Int(scalar)])
  }

  /// Appends the letters of the UTF-8 bytes of an element, each with the element's own range.
  @inline(__always)
  static func append(_ element: NormalizedText.Element, to elements: inout [NormalizedText.Element]) {
    let scalar = element.scalar
    func add(_ byte: UInt32) {
      elements.append(NormalizedText.Element(scalar: letters[Int(byte)], start: element.start, end: element.end))
    }
    if scalar < 0x80 {
      add(scalar)
    } else if scalar < 0x800 {
      add(0xC0 | scalar >> 6)
      add(0x80 | scalar & 0x3F)
    } else if scalar < 0x10000 {
      add(0xE0 | scalar >> 12)
      add(0x80 | scalar >> 6 & 0x3F)
      add(0x80 | scalar & 0x3F)
    } else {
      add(0xF0 | scalar >> 18)
      add(0x80 | scalar >> 12 & 0x3F)
      add(0x80 | scalar >> 6 & 0x3F)
      add(0x80 | scalar & 0x3F)
    }
  }
}
