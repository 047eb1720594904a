import SalienceCheckpoints
import SalienceTensors
import Testing

@Suite struct PrefixedParametersTests {
  /// One number a tensor, which tells which was read.
  private struct Tensors: ParameterSource {
    let values: [String: Float]

    func shape(of name: String) -> [Int]? { values[name].map { _ in [1] } }

    func read(_ name: String, into destination: UnsafeMutableBufferPointer<Float>) throws {
      guard let value = values[name] else { throw TensorError(.parameter, "no \(name)") }
      destination[0] = value
    }
  }

  private func value(
    _ name: String, of stored: [String: Float], prefix: String? = nil, sameNames: [[String]] = []
  ) throws -> Float {
    let source = PrefixedParameters(
      Tensors(values: stored), prefix: prefix, base: "transformer.", sameNames: sameNames)
    return try Parameter(name, shape: [1]).load(from: source)[0]
  }

  @Test func bareModelsLackTheFamilyPrefix() throws {
    #expect(try value("transformer.wte.weight", of: ["wte.weight": 1]) == 1)
    #expect(try value("transformer.wte.weight", of: ["wte.weight": 1, "transformer.wte.weight": 2]) == 2)
    #expect(try value("score.weight", of: ["score.weight": 3]) == 3)
  }

  @Test func customCheckpointsHaveOneMore() throws {
    let stored: [String: Float] = ["a.transformer.x": 1, "a.x": 2, "transformer.x": 3, "x": 4]
    #expect(try value("transformer.x", of: stored, prefix: "a.") == 1)
    #expect(try value("transformer.x", of: stored.filter { $0.value > 1 }, prefix: "a.") == 2)
    #expect(try value("transformer.x", of: stored.filter { $0.value > 2 }, prefix: "a.") == 3)
    #expect(try value("transformer.x", of: stored.filter { $0.value > 3 }, prefix: "a.") == 4)
  }

  /// As the first BERT checkpoints of the Hub store them.
  @Test func layerNormsMayHaveTheirOlderNames() throws {
    let stored: [String: Float] = ["LayerNorm.gamma": 1, "transformer.h.LayerNorm.beta": 2, "gamma": 3]
    #expect(try value("transformer.LayerNorm.weight", of: stored) == 1)
    #expect(try value("transformer.h.LayerNorm.bias", of: stored) == 2)
    #expect(try value("transformer.LayerNorm.weight", of: stored.merging(["LayerNorm.weight": 4]) { $1 }) == 4)
    #expect(throws: TensorError.self) { try value("transformer.weight", of: stored) }
  }

  @Test func oneNameOfATensorIsEnough() throws {
    let names = [["transformer.wte.weight", "lm_head.weight"], ["a", "b"]]
    #expect(try value("transformer.wte.weight", of: ["lm_head.weight": 1], sameNames: names) == 1)
    #expect(try value("lm_head.weight", of: ["wte.weight": 2], sameNames: names) == 2)
    #expect(try value("a", of: ["a": 3, "b": 4], sameNames: names) == 3)
    #expect(throws: TensorError.self) { try value("a", of: ["lm_head.weight": 1], sameNames: names) }
  }

  @Test func missingTensorsAreNamedAsTheFamilyDoes() {
    let error = #expect(throws: TensorError.self) { try value("transformer.x", of: ["y": 1], prefix: "a.") }
    #expect(error?.message == "the checkpoint has no tensor transformer.x")
  }
}
