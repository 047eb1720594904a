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
}
