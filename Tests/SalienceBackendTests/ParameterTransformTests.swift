import SalienceTensors
import SalienceTestSupport
import Testing

/// What is made of stored tensors when they are loaded.
@Suite struct ParameterTransformTests {
  /// Tensors that count up from 0.
  private struct Counting: ParameterSource {
    let shapes: [String: [Int]] = ["matrix": [2, 3], "other": [2, 3], "vector": [5]]

    func shape(of name: String) -> [Int]? { shapes[name] }

    func read(_ name: String, into destination: UnsafeMutableBufferPointer<Float>) throws {
      for index in destination.indices { destination[index] = Float(index) }
    }
  }

  typealias Loading = (pieces: [String], shape: [Int], transform: ParameterTransform, expected: [Float])

  @Test(
    arguments: ([
      (["matrix"], [2, 3], .none, [0, 1, 2, 3, 4, 5]), (["matrix"], [3, 2], .transposed(), [0, 3, 1, 4, 2, 5]),
      (["matrix"], [2, 2], .transposed(outputs: 1..<3), [1, 4, 2, 5]),
      (["matrix", "other"], [6, 2], .transposed(), [0, 3, 1, 4, 2, 5, 0, 3, 1, 4, 2, 5]),
      (["vector"], [3], .elements(2..<5), [2, 3, 4]), (["vector"], [5], .plusOne, [1, 2, 3, 4, 5]),
      (["matrix"], [2, 3], .scaled(0.5), [0, 0.5, 1, 1.5, 2, 2.5]),
    ] as [Loading]).map { Named("\($0.pieces) to \($0.expected)", $0) })
  func values(loading: Named<Loading>) throws {
    let (pieces, shape, transform, expected) = loading.value
    #expect(try Parameter(pieces, shape: shape, transform: transform).load(from: Counting()) == expected)
  }

  typealias Refusal = (name: String, shape: [Int], transform: ParameterTransform, message: String)

  @Test(
    arguments: ([
      ("matrix", [2, 3], .transposed(), "tensor matrix is [2, 3]; [3, 2] is expected"),
      ("matrix", [2, 2], .transposed(outputs: 2..<4), "tensor matrix is [2, 3]; [2, at least 4] is expected"),
      ("vector", [3], .elements(4..<7), "tensor vector is [5]; [at least 7] is expected"),
      ("vector", [5], .transposed(), "tensor vector is [5]; [5] is expected"),
      ("vector", [4], .plusOne, "tensor vector is [5]; [4] is expected"),
    ] as [Refusal]).map { Named($0.message, $0) })
  func otherShapesAreRefused(refusal: Named<Refusal>) {
    let (name, shape, transform, message) = refusal.value
    let error = #expect(throws: TensorError.self) {
      try Parameter(name, shape: shape, transform: transform).load(from: Counting())
    }
    #expect(error?.message == message)
  }

  /// A tied table is loaded twice where one use of it is transformed.
  @Test func transformsTellParametersApart() {
    let plain = Parameter("matrix", shape: [2, 3])
    #expect(plain != Parameter("matrix", shape: [2, 3], transform: .scaled(2)))
    #expect(plain == Parameter(["matrix"], shape: [2, 3], transform: .none))
  }
}
