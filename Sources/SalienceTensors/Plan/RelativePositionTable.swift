import Foundation

/// How a table of relative positions follows from a checkpoint: rows of embeddings, normalised, projected as queries or
/// keys are, and picked by the offset between two tokens, as in DeBERTa-v2 (arXiv 2006.03654, 2111.09543).
public struct RelativePositionTable: Sendable, Hashable {
  /// A layer norm that embeddings pass first; its tensor names end in `.weight` and `.bias`.
  public struct Norm: Sendable, Hashable {
    public let name: String
    public let epsilon: Float

    public init(name: String, epsilon: Float) {
      self.name = name
      self.epsilon = epsilon
    }
  }

  /// N: the table holds offsets from -(N - 1) to N - 1.
  public let longest: Int
  public let buckets: RelativeBuckets
  public let norm: Norm?
  /// A linear layer; its tensor names end in `.weight` and `.bias`.
  public let projection: String

  public init(longest: Int, buckets: RelativeBuckets, norm: Norm?, projection: String) {
    self.longest = longest
    self.buckets = buckets
    self.norm = norm
    self.projection = projection
  }

  /// [2N - 1 x H] from embeddings [2 span x H]; nil for others.
  func shape(ofStored stored: [Int]) -> [Int]? {
    guard stored.count == 2, stored[0] >= 2 * buckets.span else { return nil }
    return [2 * longest - 1, stored[1]]
  }

  /// Fills the table from `embeddings`, rows of `width`.
  func fill(
    _ table: UnsafeMutableBufferPointer<Float>, from embeddings: UnsafeMutableBufferPointer<Float>, width: Int,
    source: any ParameterSource
  ) throws {
    let rows = ((1 - longest)..<longest).map { buckets.row($0) }
    let used = Set(rows).sorted()
    if let norm {
      let gamma = try Parameter("\(norm.name).weight", shape: [width]).load(from: source)
      let beta = try Parameter("\(norm.name).bias", shape: [width]).load(from: source)
      for row in used {
        Self.normalize(embeddings.baseAddress, at: row * width, gamma, beta, epsilon: norm.epsilon)
      }
    }
    let weight = try Parameter("\(projection).weight", shape: [width, width]).load(from: source)
    let bias = try Parameter("\(projection).bias", shape: [width]).load(from: source)
    var projected: [Int: [Float]] = [:]
    for row in used {
      let x = UnsafeBufferPointer(rebasing: embeddings[row * width..<(row + 1) * width])
      projected[row] = weight.withUnsafeBufferPointer { weight in
        (0..<width).map { output in
          bias[output] + Self.dot(x, UnsafeBufferPointer(rebasing: weight[output * width..<(output + 1) * width]))
        }
      }
    }
    for (index, row) in rows.enumerated() {
      for (column, value) in (projected[row] ?? []).enumerated() { table[index * width + column] = value }
    }
  }

  private static func normalize(
    _ table: UnsafeMutablePointer<Float>?, at start: Int, _ gamma: [Float], _ beta: [Float], epsilon: Float
  ) {
    guard let row = table.map({ $0 + start }) else { return }
    let count = Double(gamma.count)
    let mean = gamma.indices.reduce(0) { $0 + Double(row[$1]) } / count
    let variance = gamma.indices.reduce(0) { $0 + (Double(row[$1]) - mean) * (Double(row[$1]) - mean) } / count
    let factor = 1 / (variance + Double(epsilon)).squareRoot()
    for index in gamma.indices {
      row[index] = Float((Double(row[index]) - mean) * factor * Double(gamma[index]) + Double(beta[index]))
    }
  }

  /// In 16 sums, which processors add side by side.
  private static func dot(_ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>) -> Float {
    let (left, right) = (UnsafeRawBufferPointer(a), UnsafeRawBufferPointer(b))
    var sums = SIMD16<Float>.zero
    let whole = a.count / 16 * 16
    for index in stride(from: 0, to: whole, by: 16) {
      let offset = index * MemoryLayout<Float>.stride
      let factor = right.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self)
      sums += left.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self) * factor
    }
    return (whole..<a.count).reduce(sums.sum()) { $0 + a[$1] * b[$1] }
  }
}

/// Offsets between tokens as rows of embeddings: near ones have their own, far ones share by the logarithm of their
/// distance (`make_log_bucket_position` in transformers).
public struct RelativeBuckets: Sendable, Hashable {
  /// Buckets on each side, half of them for near offsets; nil for one row per offset.
  public let count: Int?
  /// The distance that the last bucket begins about.
  public let furthest: Int

  public init(count: Int?, furthest: Int) {
    self.count = count
    self.furthest = furthest
  }

  /// Rows of embeddings on each side of offset 0.
  public var span: Int { count ?? furthest }

  /// The embeddings' row for query - key.
  public func row(_ offset: Int) -> Int { min(max(bucket(offset) + span, 0), 2 * span - 1) }

  /// Computed in float32, as there: roundings decide where a bucket ends.
  private func bucket(_ offset: Int) -> Int {
    guard let count else { return offset }
    let near = count / 2
    guard abs(offset) > near else { return offset }
    let last = logf(Float(Double(furthest - 1) / Double(near)))
    let share = logf(Float(abs(offset)) / Float(near)) / last
    let distance = Int((share * Float(near - 1)).rounded(.up)) + near
    return offset < 0 ? -distance : distance
  }
}
