import SalienceTensors

/// A transformer of one layer with weights that depend on nothing but their names.
struct SmallModel: ParameterSource {
  static let hidden = 48
  static let vocabulary = 50

  static func program() throws -> PathProgram {
    var plan = Plan()
    func matrix(_ name: String, _ rows: Int, _ columns: Int) -> Parameter { Parameter(name, shape: [rows, columns]) }
    func vector(_ name: String) -> Parameter { Parameter(name, shape: [hidden]) }
    let words = EmbeddingTerm(matrix("words", vocabulary, hidden), .wordIDs)
    let positions = EmbeddingTerm(matrix("positions", 64, hidden), .positionIDs)
    let x = try plan.embedding(words, positions)
    let qkv = try plan.linear(x, weight: matrix("qkv", 3 * hidden, hidden), bias: nil)
    let mixed = try plan.attention(qkv, heads: 4, scale: 0.28)
    let first = try plan.layerNorm(
      mixed, residual: x, gamma: vector("gamma"), beta: vector("beta"), epsilon: 1e-6)
    let inner = try plan.activation(.gelu, plan.linear(first, weight: matrix("in", 2 * hidden, hidden), bias: nil))
    let outer = try plan.linear(inner, weight: matrix("out", hidden, 2 * hidden), bias: vector("bias"))
    let pooled = try plan.selectedRow(plan.add(outer, first))
    plan.result(try plan.linear(pooled, weight: matrix("classes", 3, hidden), bias: nil))
    return try PathProgram(model: plan, point: x)
  }

  static let shapes: [String: [Int]] = [
    "words": [vocabulary, hidden], "positions": [64, hidden], "qkv": [3 * hidden, hidden],
    "query": [hidden, hidden], "gamma": [hidden], "beta": [hidden], "in": [2 * hidden, hidden],
    "out": [hidden, 2 * hidden], "bias": [hidden], "classes": [3, hidden],
  ]

  func shape(of name: String) -> [Int]? { Self.shapes[name] }

  func read(_ name: String, into destination: UnsafeMutableBufferPointer<Float>) throws {
    var state = name.utf8.reduce(UInt64(7)) { $0 &* 131 &+ UInt64($1) }
    for index in destination.indices {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      destination[index] = (Float(state >> 40) / Float(1 << 24) - 0.5) * 0.4
    }
  }

  /// Paths of `count` examples of 3, 4, 5 … tokens, with `points` points each and two targets.
  static func requests(_ count: Int, points: Int) -> [PathRequest] {
    (0..<count).map { index in
      let length = 3 + index % 20
      let ids = (0..<length).map { Int32(($0 * 7 + index) % vocabulary) }
      func end(_ ids: [Int32]) -> PathEnd {
        PathEnd(
          TokenSequence(
            wordIDs: ids, positionIDs: (0..<Int32(length)).map { $0 }, typeIDs: Array(repeating: 0, count: length)))
      }
      let weight = 1 / Double(points)
      return PathRequest(
        input: end(ids), baseline: end(Array(repeating: 0, count: length)),
        points: (0..<points).map { PathPoint(alpha: (Double($0) + 0.5) * weight, weight: weight) },
        cotangents: [[1, 0, 0], [0, 1, -1]])
    }
  }
}
