import Synchronization

/// The pieces of words seen before; used by one thread at a time.
final class WordCache {
  private struct Word {
    var hash: UInt64
    var scalars: Range<Int>
    var pieces: Range<Int>
  }

  /// A piece with its range counted from the start of the word.
  private var pieces: [Piece] = []
  private var scalars: [UInt32] = []
  private var words: [Word] = []
  private var slots = [Int32](repeating: -1, count: WordCache.capacity * 2)

  private static let capacity = 1 << 14
  private static let longestWord = 64

  /// Appends the pieces of a word seen before; false where it is new.
  func find(_ text: NormalizedText, _ range: Range<Int>, into result: inout [Piece]) -> Bool {
    guard range.count <= Self.longestWord else { return false }
    let hash = Self.hash(text, range)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let word = words[Int(slots[slot])]
      if word.hash == hash, word.scalars.count == range.count, isEqual(word, text, range) {
        for piece in pieces[word.pieces] {
          let own = piece.range.lowerBound + range.lowerBound..<piece.range.upperBound + range.lowerBound
          result.append(Piece(entry: piece.entry, range: own, showsText: piece.showsText))
        }
        return true
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return false
  }

  /// Keeps the pieces of a new word, as long as there is room.
  func insert(_ text: NormalizedText, _ range: Range<Int>, _ found: ArraySlice<Piece>) {
    guard range.count <= Self.longestWord, words.count < Self.capacity else { return }
    let hash = Self.hash(text, range)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = Int32(words.count)
    let firstScalar = scalars.count
    for index in range { scalars.append(text.elements[index].scalar) }
    let firstPiece = pieces.count
    for piece in found {
      let own = piece.range.lowerBound - range.lowerBound..<piece.range.upperBound - range.lowerBound
      pieces.append(Piece(entry: piece.entry, range: own, showsText: piece.showsText))
    }
    words.append(Word(hash: hash, scalars: firstScalar..<scalars.count, pieces: firstPiece..<pieces.count))
  }

  private func isEqual(_ word: Word, _ text: NormalizedText, _ range: Range<Int>) -> Bool {
    for offset in 0..<range.count
    where scalars[word.scalars.lowerBound + offset] != text.elements[range.lowerBound + offset].scalar {
      return false
    }
    return true
  }

  private static func hash(_ text: NormalizedText, _ range: Range<Int>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in range { hash = (hash ^ UInt64(text.elements[index].scalar)) &* 0x0000_0100_0000_01B3 }
    return hash ^ hash >> 32
  }
}

/// Word caches that threads take turns with, each used by one at a time.
final class WordCachePool: Sendable {
  private struct Idle: @unchecked Sendable {
    // Only what the pool holds, which no thread uses.
    var caches: [WordCache] = []
  }

  private let idle = Mutex(Idle())

  /// Calls `body` with a cache of its own.
  func withCache<Result, Failure: Error>(_ body: (WordCache) throws(Failure) -> Result) throws(Failure) -> Result {
    let cache = idle.withLock { Unchecked(cache: $0.caches.popLast() ?? WordCache()) }.cache
    defer {
      let back = Unchecked(cache: cache)
      idle.withLock { $0.caches.append(back.cache) }
    }
    return try body(cache)
  }

  private struct Unchecked: @unchecked Sendable {
    let cache: WordCache
  }
}
