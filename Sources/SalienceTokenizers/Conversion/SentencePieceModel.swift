/// A tokenizer.model of SentencePiece: a protocol-buffers message (sentencepiece_model.proto), of which it reads what
/// a tokenizer is built from.
struct SentencePieceModel: Sendable {
  /// Kinds of piece that matter here, as the message numbers them.
  enum Kind: Int, Sendable {
    case normal = 1
    case unknown = 2
    case control = 3
    case userDefined = 4
    case unused = 5
    case byte = 6
  }

  struct Piece: Sendable {
    var text = ""
    var score: Float = 0
    var kind = Kind.normal
  }

  private(set) var pieces: [Piece] = []
  /// Whether it is a unigram model; otherwise it is a byte-pair encoding.
  private(set) var isUnigram = true
  private(set) var hasByteFallback = false
  private(set) var unknownID = 0
  private(set) var beginID = 1
  private(set) var endID = 2
  private(set) var unknownPiece = "<unk>"
  private(set) var beginPiece = "<s>"
  private(set) var endPiece = "</s>"
  /// The blob of a `PrecompiledCharacterMap`; empty where there is none.
  private(set) var characterMap: [UInt8] = []

  /// Reads the message; nil where the bytes are none or hold no pieces.
  init?(_ bytes: [UInt8]) {
    var reader = MessageReader(bytes[...])
    while let field = reader.next() {
      switch (field.number, field.bytes) {
      case (1, let message?):
        guard let piece = Self.piece(message) else { return nil }
        pieces.append(piece)
      case (2, let message?): guard readTrainer(message) else { return nil }
      case (3, let message?): guard readNormalizer(message) else { return nil }
      default: break
      }
    }
    guard reader.isWhole, !pieces.isEmpty else { return nil }
  }

  private static func piece(_ message: ArraySlice<UInt8>) -> Piece? {
    var piece = Piece()
    var reader = MessageReader(message)
    while let field = reader.next() {
      switch field.number {
      case 1: piece.text = field.text
      case 2: piece.score = Float(bitPattern: UInt32(truncatingIfNeeded: field.value))
      case 3:
        guard let kind = Kind(rawValue: Int(truncatingIfNeeded: field.value)) else { return nil }
        piece.kind = kind
      default: break
      }
    }
    return reader.isWhole ? piece : nil
  }

  private mutating func readTrainer(_ message: ArraySlice<UInt8>) -> Bool {
    var reader = MessageReader(message)
    while let field = reader.next() {
      switch field.number {
      case 3: isUnigram = field.value == 1
      case 35: hasByteFallback = field.value != 0
      case 40: unknownID = Int(truncatingIfNeeded: field.value)
      case 41: beginID = Int(truncatingIfNeeded: field.value)
      case 42: endID = Int(truncatingIfNeeded: field.value)
      case 45: unknownPiece = field.text
      case 46: beginPiece = field.text
      case 47: endPiece = field.text
      default: break
      }
    }
    return reader.isWhole
  }

  private mutating func readNormalizer(_ message: ArraySlice<UInt8>) -> Bool {
    var reader = MessageReader(message)
    while let field = reader.next() { if field.number == 2 { characterMap = Array(field.bytes ?? []) } }
    return reader.isWhole
  }
}

/// Reads the fields of a protocol-buffers message, one after the other.
private struct MessageReader {
  struct Field {
    var number: Int
    /// The value of a number; 0 for bytes.
    var value: UInt64 = 0
    var bytes: ArraySlice<UInt8>?

    var text: String { String(decoding: bytes ?? [], as: UTF8.self) }
  }

  private var rest: ArraySlice<UInt8>
  private var isBroken = false

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// Whether the message has been read to its end.
  var isWhole: Bool { rest.isEmpty && !isBroken }

  /// The next field, or nil at the end and where the bytes are no message.
  mutating func next() -> Field? {
    guard !rest.isEmpty, !isBroken else { return nil }
    guard let key = variableLengthInteger(), key >> 3 > 0, key >> 3 < 1 << 29 else { return fail() }
    var field = Field(number: Int(key >> 3))
    switch key & 7 {
    case 0:
      guard let value = variableLengthInteger() else { return fail() }
      field.value = value
    case 1, 5:
      let count = key & 7 == 1 ? 8 : 4
      guard rest.count >= count else { return fail() }
      for (index, byte) in rest.prefix(count).enumerated() { field.value |= UInt64(byte) << UInt64(index * 8) }
      rest = rest.dropFirst(count)
    case 2:
      guard let length = variableLengthInteger(), length <= UInt64(rest.count) else { return fail() }
      field.bytes = rest.prefix(Int(length))
      rest = rest.dropFirst(Int(length))
    default: return fail()
    }
    return field
  }

  private mutating func fail() -> Field? {
    isBroken = true
    return nil
  }

  private mutating func variableLengthInteger() -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = rest.popFirst() else { return nil }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }
}
