import SalienceAttribution
import SalienceJSON

extension Pipeline {
  /// Noise on the input of a method, whose attributions are averaged over samples of it.
  public struct Noise: Sendable, Equatable {
    public var kind: NoiseTunnel.Kind
    /// Samples of each example.
    public var samples: Int
    /// Standard deviation, in the units of the attribution layer.
    public var deviation: Double
    /// One more number that the samples' seeds depend on, beside the example and the method's id.
    public var seed: Int

    public init(kind: NoiseTunnel.Kind = .smoothGrad, samples: Int = 8, deviation: Double = 0.1, seed: Int = 0) {
      self.kind = kind
      self.samples = samples
      self.deviation = deviation
      self.seed = seed
    }

    var json: JSONValue {
      [
        "kind": .string(kind.rawValue), "samples": .integer(samples), "deviation": .double(deviation),
        "seed": .integer(seed),
      ]
    }
  }
}

extension Pipeline {
  /// The user's seed of each method that draws random numbers, under the method's id.
  public var seeds: JSONValue {
    .object(
      methods.compactMap { method in
        method.noise.map { JSONMember(name: method.id, value: .integer($0.seed)) }
      })
  }
}

extension PipelineFile {
  /// Most samples of an example: their end points are in memory together.
  private static let maximumSamples = 1000

  /// Reads the key `noise` of a method; nil where there is none.
  static func noise(_ method: MappingDecoder) throws -> Pipeline.Noise? {
    guard let node = method.node("noise") else { return nil }
    let mapping = try MappingDecoder(
      node, path: method.name("noise"), keys: ["kind", "samples", "deviation", "seed"])
    var noise = Pipeline.Noise()
    noise.kind = try mapping.choice("kind", NoiseTunnel.Kind.self) ?? noise.kind
    noise.samples = try mapping.integer("samples", in: 1...maximumSamples) ?? noise.samples
    noise.deviation = try mapping.positiveNumber("deviation") ?? noise.deviation
    noise.seed = try mapping.integer("seed", in: 0...Int(UInt32.max)) ?? noise.seed
    guard noise.samples >= noise.kind.minimumSamples else {
      throw mapping.fault("samples", "must be at least \(noise.kind.minimumSamples) for \(noise.kind.rawValue)")
    }
    guard Float(noise.deviation).isFinite else { throw mapping.fault("deviation", "is too large") }
    return noise
  }
}
