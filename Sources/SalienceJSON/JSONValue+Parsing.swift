extension JSONValue {
  /// Reads one JSON document (RFC 8259), strictly.
  ///
  /// The bytes must be UTF-8 without a byte order mark and hold nothing but white space around one value.
  /// - Parameters:
  ///   - bytes: the whole document.
  ///   - maximumDepth: how many arrays and objects may be open at once. The parser recurses, so keep it in the
  ///     hundreds.
  ///   - rejectingDuplicateNames: whether two members of one name in an object are an error; where they are not, both
  ///     are kept and a look-up finds the last.
  ///   - tolerance: what is taken beside RFC 8259.
  /// - Throws: `JSONError` with the byte offset of the first fault.
  public init(
    parsing bytes: UnsafeRawBufferPointer, maximumDepth: Int = 64, rejectingDuplicateNames: Bool = false,
    tolerance: JSONTolerance = []
  ) throws(JSONError) {
    self = try bytes.withMemoryRebound(to: UInt8.self) { buffer throws(JSONError) in
      var parser = JSONParser(
        bytes: buffer, maximumDepth: maximumDepth, rejectsDuplicateNames: rejectingDuplicateNames,
        tolerance: tolerance)
      return try parser.parseDocument()
    }
  }

  /// Reads one JSON document (RFC 8259), strictly; see `init(parsing:maximumDepth:rejectingDuplicateNames:)`.
  public init(
    parsing bytes: [UInt8], maximumDepth: Int = 64, rejectingDuplicateNames: Bool = false
  ) throws(JSONError) {
    self = try bytes.withUnsafeBufferPointer { buffer throws(JSONError) in
      var parser = JSONParser(
        bytes: buffer, maximumDepth: maximumDepth, rejectsDuplicateNames: rejectingDuplicateNames)
      return try parser.parseDocument()
    }
  }

  /// Reads one JSON document (RFC 8259), strictly; offsets in errors count the bytes of the string's UTF-8.
  public init(
    parsing text: String, maximumDepth: Int = 64, rejectingDuplicateNames: Bool = false
  ) throws(JSONError) {
    try self.init(
      parsing: Array(text.utf8), maximumDepth: maximumDepth, rejectingDuplicateNames: rejectingDuplicateNames)
  }
}
