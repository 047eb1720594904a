import SalienceReference
import SalienceTensors
import SalienceTestSupport
import Testing

/// Every op on every backend, forward and backward, against float64 and finite differences.
@Suite struct OpTests {
  @Test(arguments: TestBackend.all) func matchesReference(backend: TestBackend) throws {
    var worst = (error: 0.0, name: "")
    for opCase in try OpCase.all() {
      let expected = try OpRun(opCase, on: TestBackend.all[0]).values()
      let actual = try OpRun(opCase, on: backend).values()
      // Only products with weights take operands of another precision; whatever has none is as exact as in float32.
      let tolerance =
        opCase.isRounded
        ? backend.device.tolerance : min(backend.device.tolerance, Precision.f32.tolerance)
      for (pass, own, other) in [
        ("forward", actual.output, expected.output), ("backward", actual.gradient, expected.gradient),
      ] {
        let error = normalisedError(own, other)
        #expect(error <= tolerance, "\(opCase.testDescription) \(pass)")
        if error > worst.error { worst = (error, "\(opCase.testDescription) \(pass)") }
      }
    }
    #expect(backend.complaints() ?? [] == [])
    print("\(backend.testDescription): worst normalised mean squared error \(worst.error) in \(worst.name)")
  }

  /// The reference's gradient along a random direction is the slope of its own forward pass.
  @Test func referenceMatchesFiniteDifferences() throws {
    let step = 1e-5
    for opCase in try OpCase.all() {
      let run = try OpRun(opCase, on: TestBackend.all[0])
      guard run.inputCount <= 4096 else { continue }
      let stream = try #require(run.kernels as? ReferenceStream)
      var random = Randomness(seed: 2)
      let x = random.values(run.inputCount).map(Double.init)
      let direction = random.values(run.inputCount).map(Double.init)
      let cotangent = random.values(run.outputCount)
      func value(_ sign: Double) throws -> Double {
        try stream.store(zip(x, direction).map { $0 + sign * step * $1 }, to: run.input)
        try run.forward()
        return zip(try stream.values(run.output), cotangent).reduce(0) { $0 + $1.0 * Double($1.1) }
      }
      let slope = (try value(1) - value(-1)) / (2 * step)
      _ = try value(0)
      let gradient = try run.backward(cotangent).map(Double.init)
      let terms = zip(gradient, direction).map(*)
      let scale = terms.reduce(0) { $0 + abs($1) }
      // A ReLU whose operand changes sign within the step is the only op with a kink; none does for these seeds.
      #expect(abs(slope - terms.reduce(0, +)) <= 1e-6 * scale, "\(opCase.testDescription)")
    }
  }

  /// Rows do not know their neighbours: a sequence alone gives the numbers it gives in a batch.
  @Test(arguments: TestBackend.all) func rowsAreIndependent(backend: TestBackend) throws {
    for heads in [1, 4] {
      let whole = try OpCase("attention", ValueShape(.tokens, 96), lengths: [5, 9, 2]) {
        try $0.attention($1, heads: heads, scale: 0.5)
      }
      let single = try OpCase("attention", ValueShape(.tokens, 96), lengths: [5]) {
        try $0.attention($1, heads: heads, scale: 0.5)
      }
      let output = try OpRun(whole, on: backend).values().output
      #expect(try OpRun(single, on: backend).values().output == Array(output.prefix(5 * 32)))
    }
  }

  /// Nor do a sequence's heads that share its rows, forward or backward, whatever tiles the others ask for.
  @Test(arguments: TestBackend.all) func sharedRowsAreIndependent(backend: TestBackend) throws {
    func passes(_ lengths: [Int], _ columns: Int) throws -> (output: [Float], gradient: [Float]) {
      let rows = lengths.map { $0 / 2 }
      let run = try OpRun(
        OpCase.multiQueryAttention("alone", 12, 8, columns, .everything, lengths, rows), on: backend)
      var (random, other) = (Randomness(seed: 21), Randomness(seed: 22))
      try run.kernels.write(random.values(run.inputCount), to: run.input, at: 0)
      try run.forward()
      let output = try run.kernels.read(run.output, count: run.outputCount)
      return (output, try run.backward(other.values(run.outputCount)))
    }
    for (length, columns) in [(9, 64), (40, 33), (70, 160)] {
      let (alone, among) = (try passes([length], columns), try passes([length, 130, 3, 1], columns))
      #expect(alone.output.contains { $0 != 0 })
      #expect(Array(among.output.prefix(alone.output.count)) == alone.output, "\(length) tokens of \(columns)")
      #expect(Array(among.gradient.prefix(alone.gradient.count)) == alone.gradient, "\(length) tokens of \(columns)")
    }
  }
}
