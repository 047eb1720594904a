import SalienceTensors
import Testing

/// A probability near 1 is a difference that float32 has no digits for; its gradient has all of them.
@Suite struct SaturatedProbabilityTests {
  private static let logits: [Float] = [9, -3, -4, 0.5]

  private func check(
    _ name: String, _ shape: ValueShape, lengths: [Int], at place: Int, on backend: TestBackend,
    _ body: (inout Plan, ValueID) throws -> ValueID
  ) throws {
    let opCase = try OpCase(name, shape, lengths: lengths, body)
    func gradient(_ backend: TestBackend) throws -> [Float] {
      let run = try OpRun(opCase, on: backend)
      try run.kernels.write(Self.logits, to: run.input, at: 0)
      try run.forward()
      return try run.backward((0..<run.outputCount).map { $0 == place ? 1 : 0 })
    }
    let (own, expected) = (try gradient(backend), try gradient(TestBackend.all[0]))
    #expect(expected[place] > 0 && expected[place] < 1e-3)
    for (own, expected) in zip(own, expected) {
      #expect(abs(own - expected) <= 1e-5 * abs(expected), "\(name) at \(place): \(own), not \(expected)")
    }
  }

  @Test(arguments: TestBackend.all) func gradientsKeepTheirDigits(backend: TestBackend) throws {
    for place in 0..<2 {
      try check("softmax", ValueShape(.sequences, 4), lengths: [1], at: place, on: backend) { try $0.softmax($1) }
      try check("token_softmax", ValueShape(.tokens, 1), lengths: [4], at: place, on: backend) {
        try $0.tokenSoftmax($1)
      }
    }
    try check("log_softmax", ValueShape(.sequences, 4), lengths: [1], at: 0, on: backend) { try $0.logSoftmax($1) }
    try check("sigmoid", ValueShape(.sequences, 4), lengths: [1], at: 0, on: backend) { try $0.sigmoid($1) }
  }
}
