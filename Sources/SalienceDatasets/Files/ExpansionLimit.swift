/// Stops what grows out of all proportion when it is decompressed, so that a few bytes cannot keep a run busy for days.
///
/// Text that people or programs write shrinks to a fifth, tables of equal rows to a hundredth.
struct ExpansionLimit {
  /// Bytes that any file may have.
  static let freeBytes: Int64 = 1 << 30
  /// Beyond them, how many times its compressed size.
  static let ratio: Int64 = 200

  private let freeBytes: Int64
  private var produced: Int64 = 0

  init(freeBytes: Int64 = ExpansionLimit.freeBytes) { self.freeBytes = freeBytes }

  /// Counts bytes that came out.
  ///
  /// - Parameter consumed: bytes of the compressed file so far.
  /// - Throws: `DatasetError` `damaged`.
  mutating func add(_ count: Int, consumed: Int, file: String) throws {
    produced += Int64(count)
    guard produced > freeBytes, produced / Self.ratio > Int64(consumed) else { return }
    throw DatasetError(
      .damaged,
      "more than \(Self.ratio) times its size comes out of this compressed file, \(produced) bytes of"
        + " \(consumed): it is taken for a compression bomb; if it is sound, decompress it before the run", file: file)
  }
}
