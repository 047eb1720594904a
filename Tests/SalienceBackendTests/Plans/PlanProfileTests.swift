import SalienceTensors
import Testing

/// A plan's profile, asked of its ops.
@Suite struct PlanProfileTests {
  /// Every op once, an activation beside the product that it is folded into, and the same numbers as without a clock.
  @Test(arguments: TestBackend.cpu) func opsAreTimedByName(backend: TestBackend) throws {
    let opCase = try OpCase("profiled", ValueShape(.tokens, 8), lengths: [3, 5]) { plan, x in
      let (up, down) = (Parameter("up", shape: [16, 8]), Parameter("down", shape: [8, 16]))
      let inner = try plan.activation(.gelu, plan.linear(x, weight: up, bias: Parameter("b", shape: [16])))
      return try plan.add(x, plan.linear(inner, weight: down, bias: nil))
    }
    let collector = ProfileCollector(lanes: 1)
    let (plain, timed) = (try OpRun(opCase, on: backend), try OpRun(opCase, on: backend, profile: collector))
    let (expected, actual) = (try plain.values(), try timed.values())
    #expect(actual.output == expected.output && actual.gradient == expected.gradient)
    let entries = collector.value.entries
    // Forward, two products, of which one has a bias, and backward as many, with a product and a sum folded in.
    let product = 2 * 8 * 8 * 16
    #expect(entries.keys.sorted() == ["activation", "add", "linear", "linear_backward"])
    #expect(entries["linear"]?.calls == 2 && entries["activation"]?.calls == 1 && entries["add"]?.calls == 1)
    #expect(entries["linear"]?.work == KernelWork(flops: 2 * product, elements: 2 * (64 + 128 + 128) + 16))
    // The product's result is read, and written over with the activation; the derivative is kept.
    #expect(entries["activation"]?.work == KernelWork(elements: 3 * 128))
    #expect(entries["linear_backward"]?.calls == 2)
    #expect(
      entries["linear_backward"]?.work
        == KernelWork(flops: 2 * product, elements: 2 * (64 + 128 + 128) + 128 + 64))
    #expect(entries.values.allSatisfy { $0.seconds > 0 })
  }
}
