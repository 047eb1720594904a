import SalienceTensors
import Testing

/// FLOPs by hand: a product of [n x k] and [k x m] takes 2 n k m.
@Suite struct PlanWorkTests {
  private let width = 8
  private let lengths = [3, 5]

  @Test func attentionAndLinear() throws {
    var plan = Plan()
    let x = plan.input(ValueShape(.tokens, 3 * width))
    let context = try plan.attention(x, heads: 2, scale: 0.5)
    plan.result(try plan.linear(context, weight: Parameter("w", shape: [4, width]), bias: nil))
    // Q Kᵀ and its softmax times V: L x H x L each; then 8 tokens times a matrix of 4 x 8.
    let attention = 2 * 2 * (3 * 3 + 5 * 5) * width
    let linear = 2 * 8 * 4 * width
    #expect(plan.flops(lengths: lengths) == attention + linear)
    // Q Kᵀ again, dP, dV, dQ and dK; and one product with the matrix.
    let backward = attention / 2 * 5 + linear
    #expect(try plan.differentiated().plan.flops(lengths: lengths) == attention + linear + backward)
  }

  @Test func attentionOfTheSelectedRowAlone() throws {
    var plan = Plan()
    let x = plan.input(ValueShape(.tokens, width))
    let query = try plan.linear(try plan.selectedRow(x), weight: Parameter("q", shape: [width, width]), bias: nil)
    let keysValues = try plan.linear(x, weight: Parameter("kv", shape: [2 * width, width]), bias: nil)
    plan.result(try plan.selectedRowAttention(query: query, keysValues: keysValues, heads: 2, scale: 0.5))
    // One row a sequence for the query, all eight tokens for keys and values; q Kᵀ and p V: 1 x H x L each.
    let products = 2 * 2 * width * width + 2 * 8 * 2 * width * width
    #expect(plan.flops(lengths: lengths) == products + 2 * 2 * 8 * width)
    // Each product once more towards its input, and four of those rows: dp, dV, dq and dK.
    let gradient = try plan.differentiated().plan
    #expect(gradient.flops(lengths: lengths) == 2 * products + 3 * 2 * 2 * 8 * width)
  }

  @Test func attentionWithoutKeysAndValues() throws {
    var plan = Plan()
    let x = plan.input(ValueShape(.tokens, width))
    let (key, value) = (Parameter("k", shape: [width, width]), Parameter("v", shape: [width, width]))
    let queries = try plan.headProjection(try plan.selectedRow(x), weight: key, heads: 2, isTransposed: true)
    let means = try plan.multiQueryAttention(queries: queries, rows: x, heads: 2, scale: 0.5)
    plan.result(try plan.headProjection(means, weight: value, heads: 2))
    // Two products of a weight with one row a sequence; u xᵀ and p x: A x C x L each.
    let projections = 2 * 2 * 2 * width * width
    #expect(plan.flops(lengths: lengths) == projections + 2 * 2 * 8 * 2 * width)
    // Each projection once more towards its input, and four of the others: dp, du and both parts of dx.
    let gradient = try plan.differentiated().plan
    #expect(gradient.flops(lengths: lengths) == 2 * projections + 3 * 2 * 2 * 8 * 2 * width)
  }

  @Test func wrongShapesOfHeadsAreErrors() throws {
    var plan = Plan()
    let (x, row) = (plan.input(ValueShape(.tokens, width)), plan.input(ValueShape(.sequences, width)))
    let weight = Parameter("w", shape: [width, width])
    let bias = Parameter("b", shape: [width])
    #expect(throws: TensorError.self) { try plan.headProjection(row, weight: weight, heads: 2) }
    #expect(throws: TensorError.self) { try plan.headProjection(row, weight: weight, heads: 3, isTransposed: true) }
    #expect(throws: TensorError.self) {
      try plan.headProjection(row, weight: weight, bias: bias, heads: 2, isTransposed: true)
    }
    #expect(throws: TensorError.self) { try plan.multiQueryAttention(queries: row, rows: x, heads: 2, scale: 1) }
    #expect(throws: TensorError.self) { try plan.multiQueryAttention(queries: row, rows: row, heads: 1, scale: 1) }
    #expect(throws: TensorError.self) {
      try plan.multiQueryAttention(
        queries: row, rows: x, heads: 1, scale: 1, window: AttentionWindow(before: -1, after: nil))
    }
  }
}
