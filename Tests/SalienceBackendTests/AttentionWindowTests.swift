import SalienceTensors
import SalienceTestSupport
import Testing

/// What a window promises beyond its numbers: hidden tokens and neighbours change no bit, and hidden pairs are no work.
@Suite struct AttentionWindowTests {
  /// Backends in float32, whose kernels of attention the other precisions share.
  private static let exact = TestBackend.all.filter { $0.device.precision == .f32 }

  @Test func keysAndPairs() {
    let others = [AttentionWindow.everything, AttentionWindow(before: 2), AttentionWindow(before: 0, after: 7)]
    for window in OpCase.windows.map(\.window) + others {
      for length in [1, 2, 3, 5, 8, 65, 130] {
        var pairs = 0
        for query in 0..<length {
          let seen = (0..<length).filter {
            $0 >= query - (window.before ?? length) && $0 <= query + (window.after ?? length)
          }
          #expect(Array(window.keys(ofQuery: query, length: length)) == seen)
          pairs += seen.count
        }
        #expect(window.pairs(length: length) == pairs)
        let most = (0..<length).map { window.keys(ofQuery: $0, length: length).count }.max()
        #expect(window.mostKeys(length: length) == most)
      }
    }
  }

  @Test func hiddenPairsAreNoWork() throws {
    var plan = Plan()
    let x = plan.input(ValueShape(.tokens, 24))
    plan.result(try plan.attention(x, heads: 2, scale: 1, window: .causal))
    // Two products forward and five backward, over 1 + 2 + … + L pairs of 8 elements.
    #expect(plan.flops(lengths: [3, 5]) == 2 * 2 * (6 + 15) * 8)
    #expect(try plan.differentiated().plan.flops(lengths: [3, 5]) == 7 * 2 * (6 + 15) * 8)
  }

  @Test func negativeReachIsAnError() throws {
    for window in [AttentionWindow(before: -1), AttentionWindow(after: -3), .causalLocal(0)] {
      var plan = Plan()
      let x = plan.input(ValueShape(.tokens, 24))
      #expect(throws: TensorError.self) { try plan.attention(x, heads: 2, scale: 1, window: window) }
      let query = try plan.selectedRow(x)
      let keysValues = plan.input(ValueShape(.tokens, 48))
      #expect(throws: TensorError.self) {
        try plan.selectedRowAttention(query: query, keysValues: keysValues, heads: 2, scale: 1, window: window)
      }
    }
  }

  @Test(arguments: TestBackend.all) func wideHeadsMatchReference(backend: TestBackend) throws {
    for opCase in try OpCase.wideHeads() {
      let expected = try OpRun(opCase, on: TestBackend.all[0]).values()
      let actual = try OpRun(opCase, on: backend).values()
      let tolerance =
        opCase.isRounded ? backend.device.tolerance : min(backend.device.tolerance, Precision.f32.tolerance)
      #expect(normalisedError(actual.output, expected.output) <= tolerance, "\(opCase.testDescription)")
      #expect(normalisedError(actual.gradient, expected.gradient) <= tolerance, "\(opCase.testDescription)")
    }
    #expect(backend.complaints() ?? [] == [])
  }

  /// A sequence alone gives the bits that it gives among others, whatever tiles and blocks those ask for.
  @Test(arguments: exact) func neighboursChangeNothing(backend: TestBackend) throws {
    for (heads, size) in [(2, 8), (1, 20), (1, 64)] {
      for (name, window) in OpCase.windows {
        for length in [9, 70] {
          let alone = try passes([length], heads, size, name, window, on: backend)
          let among = try passes([length, 130, 3], heads, size, name, window, on: backend)
          #expect(Array(among.output.prefix(alone.output.count)) == alone.output, "\(name) \(size)")
          #expect(Array(among.gradient.prefix(alone.gradient.count)) == alone.gradient, "\(name) \(size)")
        }
      }
    }
  }

  /// Under a causal window the rows of a text's beginning are the same with and without the rest of it.
  @Test(arguments: exact) func tokensToComeChangeNothing(backend: TestBackend) throws {
    for (name, window) in OpCase.windows where window.after == 0 {
      for length in [1, 5, 30, 70] {
        let whole = try passes([150], 2, 20, name, window, on: backend).output
        let part = try passes([length], 2, 20, name, window, on: backend).output
        #expect(part == Array(whole.prefix(length * 40)), "\(name)")
      }
    }
  }

  /// Keys that the selected row does not see are given exactly nothing.
  @Test(arguments: TestBackend.all) func hiddenKeysOfTheSelectedRow(backend: TestBackend) throws {
    let (length, width) = (150, 40)
    for (name, window) in OpCase.windows {
      for row in [0, 3, 75, 149] {
        let opCase = try OpCase.selectedRowAttention(name, 2, 20, window, [2, length], [1, row])
        let gradient = try OpRun(opCase, on: backend).values().gradient.dropFirst(2 * width)
        let seen = window.keys(ofQuery: row, length: length)
        for token in 0..<length {
          let part = gradient.dropFirst(token * width).prefix(width)
          #expect(part.allSatisfy { $0 == 0 } == !seen.contains(token), "\(name) row \(row) token \(token)")
        }
      }
    }
  }

  /// Output, and gradient for a cotangent that is one sequence's own whatever follows it.
  private func passes(
    _ lengths: [Int], _ heads: Int, _ size: Int, _ name: String, _ window: AttentionWindow, on backend: TestBackend
  ) throws -> (output: [Float], gradient: [Float]) {
    let run = try OpRun(OpCase.attention(name, heads, size, window, lengths), on: backend)
    var (random, other) = (Randomness(seed: 12), Randomness(seed: 13))
    try run.kernels.write(random.values(run.inputCount), to: run.input, at: 0)
    try run.forward()
    let output = try run.kernels.read(run.output, count: run.outputCount)
    return (output, try run.backward(other.values(run.outputCount)))
  }
}
