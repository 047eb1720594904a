import Foundation

/// Rotary position embedding (arXiv 2104.09864) of heads whose halves are rotated against each other, as `rotate_half`
/// in transformers: with angles θ = position * frequency, the halves (a, b) of a head become
/// (a cos θ - b sin θ, b cos θ + a sin θ).
public struct RotaryEmbedding: Sendable, Hashable {
  /// A query heads.
  public let heads: Int
  /// K key heads, and as many of values, each of which serves A / K query heads.
  public let keyHeads: Int
  /// D.
  public let headSize: Int
  /// Radians per position, one for each pair of columns: D / 2, or fewer where a head's last columns are not rotated.
  public let frequencies: [Float]
  /// What both cosines and sines are multiplied with.
  public let scaling: Float

  public init(heads: Int, keyHeads: Int? = nil, headSize: Int, frequencies: [Float], scaling: Float = 1) {
    self.heads = heads
    self.keyHeads = keyHeads ?? heads
    self.headSize = headSize
    self.frequencies = frequencies
    self.scaling = scaling
  }

  /// How many positions from 0 on a table of rotations should hold for these: a power of two, so that tables seldom grow.
  ///
  /// - Throws: `TensorError` for a negative position.
  package static func capacity(for positions: [Int32]) throws -> Int {
    if let bad = positions.first(where: { $0 < 0 }) { throw TensorError(.shape, "position \(bad) is negative") }
    return capacity(forTokens: Int(positions.max() ?? 0) + 1)
  }

  /// The same for the positions of a sequence of so many tokens.
  package static func capacity(forTokens count: Int) -> Int {
    var capacity = 64
    while capacity < count { capacity *= 2 }
    return capacity
  }

  /// Cosines, then sines, of every frequency at each position: [positions x 2 frequencies].
  ///
  /// The angle is a product in float32, as transformers computes it; at long positions its rounding is what tells.
  package func rotations(_ positions: Range<Int>) -> [Float] {
    positions.flatMap { position in
      let angles = frequencies.map { Double(Float(position) * $0) }
      return angles.map { Float(cos($0)) * scaling } + angles.map { Float(sin($0)) * scaling }
    }
  }
}

/// Which of query, key and value heads rows hold, in this order.
public struct HeadParts: OptionSet, Sendable, Hashable {
  public let rawValue: Int

  public init(rawValue: Int) { self.rawValue = rawValue }

  public static let query = HeadParts(rawValue: 1 << 0)
  public static let key = HeadParts(rawValue: 1 << 1)
  public static let value = HeadParts(rawValue: 1 << 2)
  public static let all: HeadParts = [.query, .key, .value]

  var count: Int { [Self.query, .key, .value].filter(contains).count }
}

extension PackedBatch {
  /// Position ids of tokens, or of the tokens that sequences select.
  package func positions(_ extent: RowExtent) -> [Int32] {
    extent == .tokens ? positionIDs : selectedRows.map { positionIDs[$0] }
  }
}
