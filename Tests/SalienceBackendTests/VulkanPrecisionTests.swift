import SalienceTensors
import SalienceTestSupport
import SalienceVulkan
import Testing

/// Half precision on Vulkan keeps what f16's range would lose, and rows stay strangers.
@Suite struct VulkanPrecisionTests {
  private static let backends: [VulkanBackend] = VulkanTestDevice.all.map(\.info).flatMap { info in
    VulkanBackend.precisions.filter { $0 != .f32 }.flatMap { precision in
      // With matrix units where there are some, and without.
      (info.productShapes[precision] == nil ? [false] : [true, false]).compactMap {
        try? VulkanBackend(
          selection: .uuid(info.uuid), precision: precision, threads: 1, cacheDirectory: "", usesMatrixUnits: $0)
      }
    }
  }

  /// The weights of the op suite, times a factor.
  private struct ScaledParameters: ParameterSource {
    let parameters: RandomParameters
    let factor: Float

    func shape(of name: String) -> [Int]? { parameters.shape(of: name) }

    func read(_ name: String, into destination: UnsafeMutableBufferPointer<Float>) throws {
      try parameters.read(name, into: destination)
      for index in destination.indices { destination[index] *= factor }
    }
  }

  /// Output and gradient of a product with a weight [out x width].
  private func product(
    _ rows: [[Float]], out: Int, factor: Float, on backend: VulkanBackend
  ) throws -> (output: [Float], gradient: [Float]) {
    let width = rows[0].count
    var forward = Plan()
    let x = forward.input(ValueShape(.tokens, width))
    forward.result(try forward.linear(x, weight: Parameter("w", shape: [out, width]), bias: nil))
    let plan = try forward.differentiated()
    let source = ScaledParameters(parameters: RandomParameters(plan.plan), factor: factor)
    let kernels = try backend.stream(for: plan.plan, parameters: source)
    let zeros = [Int32](repeating: 0, count: rows.count)
    let batch = PackedBatch([TokenSequence(wordIDs: zeros, positionIDs: zeros, typeIDs: zeros)])
    let run = try PlanRun(
      plan.plan, capacity: MemoryPlan.Capacity(tokens: rows.count, sequences: 1), keptBefore: plan.backwardStart,
      on: kernels)
    try kernels.begin(batch)
    try kernels.write(rows.flatMap { $0 }, to: run.handle(plan.plan.inputs[0]), at: 0)
    try run.run(0..<plan.backwardStart)
    let output = try kernels.read(run.handle(plan.plan.outputs[0]), count: rows.count * out)
    // The cotangent is as small or as large as the row it belongs to.
    let cotangent = rows.flatMap { row in (0..<out).map { row[$0 % width] } }
    try kernels.write(cotangent, to: run.handle(plan.cotangent), at: 0)
    try run.run(plan.backwardStart..<plan.plan.instructions.count)
    return (output, try kernels.read(run.handle(plan.inputGradient), count: rows.count * width))
  }

  private func rows(_ scales: [Float], width: Int) -> [[Float]] {
    var random = Randomness(seed: 3)
    return scales.map { scale in random.values(width).map { $0 * scale } }
  }

  /// A power of two goes through the product untouched: nothing underflows, nothing overflows, bit for bit.
  @Test(arguments: [(37, 21), (40, 24)]) func scalesPassUnchanged(width: Int, out: Int) throws {
    let (small, large): (Float, Float) = (0x1p-40, 0x1p40)
    for backend in Self.backends {
      let plain = try product(rows([1, 1], width: width), out: out, factor: 1, on: backend)
      #expect(plain.output.allSatisfy { $0.isFinite && $0 != 0 })
      for (scale, factor) in [(small, 1), (large, 1), (1, small), (1, large), (small, large)] as [(Float, Float)] {
        let scaled = try product(rows([scale, scale], width: width), out: out, factor: factor, on: backend)
        #expect(scaled.output == plain.output.map { $0 * scale * factor })
        #expect(scaled.gradient == plain.gradient.map { $0 * scale * factor })
      }
    }
  }

  @Test func rowsDoNotKnowTheirNeighboursScale() throws {
    for backend in Self.backends {
      let many = rows([0x1p-60, 1, 0x1p60], width: 40)
      let together = try product(many, out: 24, factor: 1, on: backend)
      for (index, row) in many.enumerated() {
        let alone = try product([row], out: 24, factor: 1, on: backend)
        #expect(alone.output == Array(together.output[index * 24..<(index + 1) * 24]))
        #expect(alone.gradient == Array(together.gradient[index * 40..<(index + 1) * 40]))
      }
    }
  }

  @Test func whatIsNotFiniteStaysInItsRow() throws {
    for backend in Self.backends {
      let finite = rows([1, 1, 1, 1], width: 40)
      let expected = try product(finite, out: 24, factor: 1, on: backend)
      for bad in [Float.infinity, -.infinity, .nan, Float(bitPattern: 0x7FFF_FFFF), Float(bitPattern: 0xFF80_0001)] {
        var rows = finite
        rows[1][17] = bad
        let actual = try product(rows, out: 24, factor: 1, on: backend)
        for (index, (value, other)) in zip(actual.output, expected.output).enumerated() {
          #expect(index / 24 == 1 ? !value.isFinite : value == other)
        }
        for (index, (value, other)) in zip(actual.gradient, expected.gradient).enumerated() {
          #expect(index / 40 == 1 ? !value.isFinite : value == other)
        }
      }
    }
  }

  /// Large numbers beside small ones: the small ones lose digits at most, and never take the large ones along.
  @Test func largeAndSmallNumbersStandInOneRow() throws {
    for backend in Self.backends {
      var row = rows([0x1p-20], width: 40)[0]
      row[3] = 0x1p100
      let expected = try product([row.map { $0 == 0x1p100 ? $0 : 0 }], out: 24, factor: 1, on: backend)
      let actual = try product([row], out: 24, factor: 1, on: backend)
      #expect(actual.output == expected.output)
      #expect(actual.output.allSatisfy { $0.isFinite && $0 != 0 })
      let zeros = try product([row.map { _ in 0 }], out: 24, factor: 1, on: backend)
      #expect(zeros.output.allSatisfy { $0 == 0 } && zeros.gradient.allSatisfy { $0 == 0 })
    }
  }

  @Test func operandsAreRounded() throws {
    for backend in Self.backends {
      let exact = rows([1], width: 40)
      let kept: Float = backend.device.precision == .f16 ? 0x1p10 : 0x1p7
      // Numbers of one significant bit more than the precision keeps, just above and below a tie.
      let above = exact.map { $0.map { _ in 1 + 0.5 / kept + 0x1p-20 } }
      let below = exact.map { $0.map { _ in 1 + 0.5 / kept - 0x1p-20 } }
      let tie = exact.map { $0.map { _ in 1 + 0.5 / kept } }
      let (one, next) = (exact.map { $0.map { _ in Float(1) } }, exact.map { $0.map { _ in 1 + 1 / kept } })
      func output(_ rows: [[Float]]) throws -> [Float] { try product(rows, out: 24, factor: 1, on: backend).output }
      #expect(try output(above) == output(next))
      #expect(try output(below) == output(one))
      #expect(try output(tie) == output(one))
      #expect(try output(next) != output(one))
    }
  }

  @Test func everyPrecisionIsReported() throws {
    for backend in Self.backends {
      #expect(backend.device.precisions == Precision.allCases)
      #expect(backend.device.substitution(for: backend.device.precision) == nil)
      #expect(backend.device.tolerance == backend.device.precision.tolerance)
    }
  }
}
