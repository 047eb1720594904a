extension RecordBuffer {
  /// The first byte that is no white space, which is then the window's first; nil at the file's end.
  func firstByteOfJSON() throws -> UInt8? {
    while true {
      if let first = bytes.firstIndex(where: { !JSONForm.isWhiteSpace($0) }) {
        consumeLines(first)
        return bytes.first
      }
      consumeLines(bytes.count)
      if try !fill() { return nil }
    }
  }

  /// Moves the window's beginning forward over `count` bytes, whose line feeds are counted.
  func consumeLines(_ count: Int) { consume(count, lines: bytes[..<count].count { $0 == 0x0A }) }

  /// The error of a file that ends too early.
  func cutOffJSON() -> DatasetError {
    DatasetError(
      .damaged,
      "the file ends at byte \(byteOffset + Int64(bytes.count)), before its JSON does: it was cut off", file: file)
  }
}
