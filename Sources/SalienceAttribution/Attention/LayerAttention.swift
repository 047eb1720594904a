import SalienceModels
import SalienceTensors

/// A layer's attention, computed from its queries, keys and values.
///
/// Backends keep no probabilities: they would be L x L numbers of each head. Whoever asks for them gets them from what
/// attention reads, head by head, and keeps what is wanted of them.
struct LayerAttention: Sendable {
  private let form: AttentionForm
  /// Rows of offsets that queries and keys are multiplied with [2N - 1 x W]; empty where the family has none.
  private let positionKeys, positionQueries: [Float]
  /// Of each head, the D x D products of its part of the output projection with itself; empty unless asked for.
  private let squares: [[Double]]

  /// A.
  var heads: Int { form.heads }

  /// - Parameter weighsValues: whether lengths of values are asked for.
  /// - Throws: where a weight cannot be read.
  init(_ form: AttentionForm, weighsValues: Bool, parameters: any ParameterSource) throws {
    self.form = form
    positionKeys = try form.positions?.keys?.load(from: parameters) ?? []
    positionQueries = try form.positions?.queries?.load(from: parameters) ?? []
    squares = weighsValues ? Self.squares(of: try form.output.load(from: parameters), form) : []
  }

  /// Σ_o w_oi w_oj of each head's columns of W [H x W], for lengths of what a head's vectors become.
  private static func squares(of weight: [Float], _ form: AttentionForm) -> [[Double]] {
    let width = form.output.shape[1]
    let size = width / form.heads
    return (0..<form.heads).map { head in
      var products = [Double](repeating: 0, count: size * size)
      products.withUnsafeMutableBufferPointer { products in
        weight.withUnsafeBufferPointer { weight in
          for start in stride(from: head * size, to: weight.count, by: width) {
            for row in 0..<size {
              let factor = Double(weight[start + row])
              for column in 0..<size { products[row * size + column] += factor * Double(weight[start + column]) }
            }
          }
        }
      }
      return products
    }
  }

  /// The keys that a query sees, of `length`.
  func keys(ofQuery query: Int, length: Int) -> Range<Int> { form.window.keys(ofQuery: query, length: length) }

  /// Fills the probabilities [L x L] of one head: a row per query, 0 at keys that it does not see.
  ///
  /// - Parameters:
  ///   - rows: queries, keys and values of every token [L x 3W].
  ///   - queries: the rows that are wanted; the others are left as they are.
  func fill(
    _ probabilities: UnsafeMutableBufferPointer<Float>, head: Int, of rows: TokenRows, queries: [Int]
  ) {
    let width = rows.width / 3
    let size = width / form.heads
    let length = rows.elements.count / rows.width
    rows.elements.withUnsafeBufferPointer { x in
      // Keys lie column by column, so that one element of a query meets those of all keys side by side.
      withUnsafeTemporaryAllocation(of: Float.self, capacity: size * length) { keys in
        for token in 0..<length {
          let start = token * rows.width + width + head * size
          for element in 0..<size { keys.initializeElement(at: element * length + token, to: x[start + element]) }
        }
        for query in queries {
          let row = UnsafeMutableBufferPointer(rebasing: probabilities[query * length..<(query + 1) * length])
          row.update(repeating: 0)
          let seen = self.keys(ofQuery: query, length: length)
          let start = query * rows.width + head * size
          for element in 0..<size {
            let factor = x[start + element]
            let column = element * length
            for key in seen { row[key] += factor * keys[column + key] }
          }
          addPositions(to: row, query: query, head: head, x, rowWidth: rows.width, size: size)
          for key in seen { row[key] *= form.scale }
          UnsafeMutableBufferPointer(rebasing: row[seen]).softmax()
        }
      }
    }
  }

  /// Adds q_i · keys[i - j] and k_j · queries[i - j] to a query's scores.
  private func addPositions(
    to row: UnsafeMutableBufferPointer<Float>, query: Int, head: Int, _ x: UnsafeBufferPointer<Float>, rowWidth: Int,
    size: Int
  ) {
    guard let longest = form.positions?.longest else { return }
    let width = rowWidth / 3
    for key in row.indices {
      let table = (query - key + longest - 1) * width + head * size
      var sum: Float = 0
      if !positionKeys.isEmpty {
        let start = query * rowWidth + head * size
        for element in 0..<size { sum += x[start + element] * positionKeys[table + element] }
      }
      if !positionQueries.isEmpty {
        let start = key * rowWidth + width + head * size
        for element in 0..<size { sum += x[start + element] * positionQueries[table + element] }
      }
      row[key] += sum
    }
  }

  /// Multiplies the probabilities of one head with their slopes: what the gradient towards the head's context of a query
  /// says of each key's value.
  ///
  /// - Parameters:
  ///   - rows: queries, keys and values of every token [L x 3W].
  ///   - gradient: towards the heads' contexts [L x W].
  func multiplySlopes(
    _ probabilities: UnsafeMutableBufferPointer<Float>, head: Int, of rows: TokenRows, gradient: TokenRows,
    queries: [Int]
  ) {
    let width = gradient.width
    let size = width / form.heads
    let length = gradient.elements.count / width
    for query in queries {
      let slope = query * width + head * size
      for key in keys(ofQuery: query, length: length) {
        let value = key * rows.width + 2 * width + head * size
        var sum: Float = 0
        for element in 0..<size { sum += gradient.elements[slope + element] * rows.elements[value + element] }
        probabilities[query * length + key] *= sum
      }
    }
  }

  /// ‖W_O v‖ of each token's value v in one head, as its part of the output projection leaves it
  /// (arXiv 2004.10102).
  func valueLengths(ofHead head: Int, _ rows: TokenRows) -> [Float] {
    let width = rows.width / 3
    let size = width / form.heads
    let products = squares[head]
    return stride(from: 2 * width + head * size, to: rows.elements.count, by: rows.width).map { start in
      var sum = 0.0
      for row in 0..<size {
        var inner = 0.0
        for column in 0..<size { inner += products[row * size + column] * Double(rows.elements[start + column]) }
        sum += inner * Double(rows.elements[start + row])
      }
      return Float(max(0, sum).squareRoot())
    }
  }
}

extension LayerAttention {
  /// The attention of every layer that methods ask for, by the layer.
  static func layers(
    of methods: [any AttributionMethod], _ architecture: any Architecture, head: ModelHead,
    parameters: any ParameterSource
  ) throws -> [Int: LayerAttention] {
    // Whether lengths of values are asked for too, by the layer.
    var layers: [Int: Bool] = [:]
    for method in methods {
      guard let reading = method.attention else { continue }
      for layer in reading.selection.layers(of: architecture) {
        layers[layer] = layers[layer] == true || reading.kind == .weightedValue
      }
    }
    guard !layers.isEmpty else { return [:] }
    let graph = try architecture.graph(head)
    return try layers.reduce(into: [:]) { result, layer in
      guard let form = graph.attention(ofLayer: layer.key) else {
        throw AttributionError(.usage, "the attention of layer \(layer.key) cannot be read", setting: .layers)
      }
      result[layer.key] = try LayerAttention(form, weighsValues: layer.value, parameters: parameters)
    }
  }
}

extension UnsafeMutableBufferPointer<Float> {
  /// exp(x_i - max) / Σ exp(x_j - max), in place.
  fileprivate func softmax() {
    let top = self.max() ?? 0
    var sum = 0.0
    for index in indices {
      self[index] = (self[index] - top).exponential
      sum += Double(self[index])
    }
    let factor = Float(1 / sum)
    for index in indices { self[index] *= factor }
  }
}

extension Float {
  /// e to the power of a number at most 0, without a branch, so that processors compute several side by side; within
  /// 2 units of the last place, and 0 below -87.
  ///
  /// The polynomial is that of Cephes' `expf`.
  fileprivate var exponential: Float {
    let x = Swift.max(self, -87)
    // Adding 1.5 * 2^23 rounds to a whole number, which then stands in the low bits.
    let shifted = x * 1.442_695_04 + 12_582_912
    let whole = shifted - 12_582_912
    let rest = x - whole * 0.693_359_375 + whole * 2.121_944_40e-4
    var y: Float = 1.987_569_15e-4
    y = y * rest + 1.398_199_95e-3
    y = y * rest + 8.333_451_9e-3
    y = y * rest + 4.166_579_6e-2
    y = y * rest + 1.666_666_55e-1
    y = y * rest + 5.000_000_1e-1
    y = y * rest * rest + rest + 1
    let scale = Float(bitPattern: (shifted.bitPattern &- 0x4B40_0000 &+ 127) << 23)
    return self < -87 ? 0 : y * scale
  }
}
