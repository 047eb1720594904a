/// A window on a stream that begins at the current record and grows until it holds that record's end.
///
/// It never holds more than the longest record that is asked for and one chunk.
final class RecordBuffer {
  let file: String
  private let stream: any ByteStream
  private let chunkSize: Int
  private var storage: UnsafeMutableRawBufferPointer
  private var start = 0
  private var end = 0
  private var isAtEnd = false
  /// 1-based line on which the window begins.
  private(set) var line = 1
  /// Offset of the window's beginning in the decompressed file, in bytes.
  private(set) var byteOffset: Int64 = 0

  init(_ stream: any ByteStream, file: String, chunkSize: Int) {
    self.stream = stream
    self.file = file
    self.chunkSize = chunkSize
    storage = .allocate(byteCount: 2 * chunkSize, alignment: 1)
  }

  deinit { storage.deallocate() }

  /// The bytes in the window; valid until the next call of `fill` or `consume`.
  var bytes: UnsafeBufferPointer<UInt8> {
    UnsafeRawBufferPointer(rebasing: storage[start..<end]).assumingMemoryBound(to: UInt8.self)
  }

  var location: RecordLocation { RecordLocation(file: file, line: line, byteOffset: byteOffset) }

  /// Appends bytes to the window; false at the stream's end.
  func fill() throws -> Bool {
    if isAtEnd { return false }
    if storage.count - end < chunkSize { makeRoom() }
    let count = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: storage[end..<end + chunkSize]))
    isAtEnd = count == 0
    end += count
    return !isAtEnd
  }

  /// Moves the window's beginning forward over `count` bytes with `lines` line ends in them.
  func consume(_ count: Int, lines: Int) {
    start += count
    byteOffset += Int64(count)
    line += lines
  }

  /// Moves the window behind the next line end, or to the stream's end, without keeping what lies between.
  ///
  /// - Returns: whether the line ended in a lone CR, or in one whose LF was not seen yet.
  func discardLine(endingAtCarriageReturns: Bool) throws -> Bool {
    while true {
      let window = bytes
      if let position = window.firstIndex(where: { $0 == 0x0A || (endingAtCarriageReturns && $0 == 0x0D) }) {
        let endsInReturn = window[position] == 0x0D
        consume(position + 1, lines: 1)
        return endsInReturn
      }
      consume(window.count, lines: 0)
      if try !fill() { return false }
    }
  }

  /// Consumes a UTF-8 byte order mark.
  ///
  /// - Throws: `DatasetError` `unsupported` where the file is UTF-16.
  func skipByteOrderMark() throws {
    while bytes.count < 3, try fill() {}
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { consume(3, lines: 0) }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw DatasetError(.unsupported, "UTF-16 text is not supported, only UTF-8", file: file)
    }
  }

  private func makeRoom() {
    let count = end - start
    if count + chunkSize <= storage.count {
      storage.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[start..<end]))
    } else {
      let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * (count + chunkSize), alignment: 1)
      larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[start..<end]))
      storage.deallocate()
      storage = larger
    }
    start = 0
    end = count
  }
}
