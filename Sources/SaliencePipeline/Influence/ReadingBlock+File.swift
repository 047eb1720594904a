import SalienceAttribution
import SalienceFoundation

extension ReadingBlock {
  private static let mark: UInt64 = 0x3130_4541_4452_4C53
  private static let headerSize = 5 * MemoryLayout<Int64>.size

  /// Header, one byte per row, gradients, inputs; little-endian.
  func write(to path: String) throws {
    var writer = BinaryWriter()
    writer.append(Self.mark)
    for number in [Int(rows.lowerBound), states.count, classes, width] { writer.append(number) }
    var bytes = writer.bytes
    bytes += states.map(\.rawValue)
    for values in [gradients, inputs] {
      values.withUnsafeBufferPointer { bytes.append(contentsOf: UnsafeRawBufferPointer($0)) }
    }
    try InfluenceFiles.write(bytes, to: path)
  }

  /// Reads a block.
  ///
  /// - Throws: `PipelineError.data` where the file is none of these rows; `FileFault` where it cannot be read.
  init(path: String) throws {
    let bytes = try DurableFile.read(path, limit: Int.max)
    func damaged() -> PipelineError { PipelineError(.data, "not what the run wrote; remove it", at: path) }
    var reader = BinaryReader(bytes[...])
    guard (try? reader.integer(UInt64.self)) == Self.mark else { throw damaged() }
    let (first, count, classes, width) = (
      try reader.int(), try reader.int(), try reader.int(), try reader.int()
    )
    guard first >= 0, (0...(1 << 20)).contains(count), (0...(1 << 20)).contains(classes),
      (0...(1 << 20)).contains(width),
      bytes.count == Self.headerSize + count * (1 + 4 * (classes + width))
    else { throw damaged() }
    let states = bytes[Self.headerSize..<Self.headerSize + count].compactMap(State.init)
    guard states.count == count else { throw damaged() }
    func floats(_ start: Int, _ count: Int) -> [Float] {
      [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        bytes.withUnsafeBytes { bytes in
          let own = UnsafeRawBufferPointer(rebasing: bytes[start..<start + 4 * count])
          UnsafeMutableRawBufferPointer(buffer).copyMemory(from: own)
        }
        initialized = count
      }
    }
    let start = Self.headerSize + count
    self.init(
      rows: Int64(first)..<Int64(first + count), classes: classes, width: width, states: states,
      gradients: floats(start, count * classes), inputs: floats(start + 4 * count * classes, count * width))
  }
}
