/// Executes prepared models: on the CPU, on a GPU, or in float64 as the tests' reference.
public protocol Backend: Sendable {
  var device: DeviceDescription { get }

  /// Loads a model's weights, once for all its programs, and makes everything ready that does not depend on a batch.
  ///
  /// - Parameters:
  ///   - programs: the model cut at each attribution layer that the run asks for.
  ///   - decoders: the model as it generates, where the run asks for that.
  /// - Throws: what `parameters` throws, or `TensorError`.
  func prepare(
    _ programs: [PathProgram], decoders: [DecoderProgram], parameters: any ParameterSource
  ) async throws -> any PreparedModel

  /// What `prepare` and a run would take of memory.
  ///
  /// - Parameter longest: tokens of the longest sequence.
  func memory(of programs: [PathProgram], longest: Int) -> DeviceMemory

  /// Time and work by kernel so far; nil where it was not asked for.
  var profile: KernelProfile? { get }

  /// Measures the rates that a profile is read by, for at most a few seconds; nil for a device without.
  func measureCeilings() async throws -> DeviceCeilings?
}

extension Backend {
  /// Prepares a model that generates nothing.
  public func prepare(_ programs: [PathProgram], parameters: any ParameterSource) async throws -> any PreparedModel {
    try await prepare(programs, decoders: [], parameters: parameters)
  }

  /// One arena a worker, and one copy of the weights.
  public func memory(of programs: [PathProgram], longest: Int) -> DeviceMemory {
    let tokens = max(512, longest)
    let arenas = programs.reduce(0) { $0 + PathExecutor.elementCount($1, tokenCapacity: tokens) }
    return DeviceMemory(
      weights: DeviceMemory.weights(of: programs) * MemoryLayout<Float>.stride,
      arenas: arenas * device.concurrency * MemoryLayout<Float>.stride, staging: 0, tokenBudget: tokens,
      available: nil)
  }

  public var profile: KernelProfile? { nil }

  public func measureCeilings() async throws -> DeviceCeilings? { nil }
}

/// What runs and how exact it is.
public struct DeviceDescription: Sendable, Equatable {
  /// `cpu`, `vulkan:0`, `reference`.
  public let name: String
  /// For people: the processor's or card's own name and the library used.
  public let details: String
  /// Submissions that keep the device busy.
  public let concurrency: Int
  /// Tokens times points of the path that a submission should hold: several full batches, so that a partly filled last
  /// one hardly counts, and few enough that all workers finish a unit together.
  public let evaluatedTokens: Int
  /// What matrix products are computed in.
  public let precision: Precision
  /// What the device can compute them in; f32 always.
  public let precisions: [Precision]
  /// Normalised mean squared error that ops stay under, against float64.
  public let tolerance: Double

  /// - Parameter tolerance: the precision's own unless given.
  public init(
    name: String, details: String, concurrency: Int, evaluatedTokens: Int = 8192, precision: Precision = .f32,
    precisions: [Precision] = [.f32], tolerance: Double? = nil
  ) {
    self.name = name
    self.details = details
    self.concurrency = concurrency
    self.evaluatedTokens = evaluatedTokens
    self.precision = precision
    self.precisions = precisions
    self.tolerance = tolerance ?? precision.tolerance
  }

  /// What to tell a user who asked for a precision that is not in use; nil where it is.
  public func substitution(for asked: Precision) -> String? {
    if asked == precision { return nil }
    let known = precisions.map(\.rawValue).joined(separator: " and ")
    return "\(asked.rawValue) is not available on \(name) (\(details)), which has \(known): "
      + "\(precision.rawValue) is used"
  }
}

/// A model on a device.
///
/// Everything between ids and scores stays there.
public protocol PreparedModel: Sendable {
  /// Outputs [C] of each end point, forward only.
  func outputs(program: Int, of points: [PathEnd]) async throws -> [[Float]]

  /// Gradients summed along each request's path. Results do not depend on the other requests of the call.
  func attribute(program: Int, requests: [PathRequest]) async throws -> [PathResponse]

  /// The tokens that follow each prompt, without those of the prompt.
  ///
  /// Keys and values of tokens that were seen stay on the device. Results do not depend on the other prompts.
  func generate(decoder: Int, _ request: GenerationRequest) async throws -> [[Int32]]
}

/// An end of a path: ids, which of the attribution layer's rows to replace by zeros, and noise on top.
public struct PathEnd: Sendable, Hashable {
  public let sequence: TokenSequence
  /// One flag a token; true puts a zero embedding there.
  public let zeroed: [Bool]
  /// Added to the attribution layer's value.
  public let noise: GaussianNoise?

  public init(_ sequence: TokenSequence, zeroed: [Bool]? = nil, noise: GaussianNoise? = nil) {
    self.sequence = sequence
    self.zeroed = zeroed ?? Array(repeating: false, count: sequence.count)
    self.noise = noise
  }
}

/// A point on the straight path from baseline (α = 0) to input (α = 1) and its quadrature weight.
public struct PathPoint: Sendable, Equatable {
  public let alpha: Double
  public let weight: Double

  public init(alpha: Double, weight: Double) {
    self.alpha = alpha
    self.weight = weight
  }
}

/// Σ_k weight_k ∂(cotangent · F)/∂x at the points, times (input - baseline), for one example and several targets.
public struct PathRequest: Sendable {
  public let input: PathEnd
  /// As many tokens as `input`.
  public let baseline: PathEnd
  /// In ascending order of α; empty where `refinement` chooses them.
  public let points: [PathPoint]
  /// One row of C coefficients a target: a unit vector for a class, +1 and -1 for a contrast.
  public let cotangents: [[Float]]
  /// Noise of each sample, added to the input alone: a path a sample, from the same baseline.
  ///
  /// Empty for the plain path.
  public let samples: [GaussianNoise]
  /// What is made of the samples' attributions.
  public let statistic: SampleStatistic
  /// Chooses the points of the plain path instead; noise samples cannot stand beside it.
  public let refinement: (any PathRefinement)?
  /// Whether F(x') is asked for.
  public let readsBaselineOutputs: Bool

  public init(
    input: PathEnd, baseline: PathEnd, points: [PathPoint], cotangents: [[Float]], samples: [GaussianNoise] = [],
    statistic: SampleStatistic = .mean, readsBaselineOutputs: Bool = true
  ) {
    refinement = nil
    self.readsBaselineOutputs = readsBaselineOutputs
    self.input = input
    self.baseline = baseline
    self.points = points
    self.cotangents = cotangents
    self.samples = samples
    self.statistic = statistic
  }

  public init(input: PathEnd, baseline: PathEnd, refinement: any PathRefinement, cotangents: [[Float]]) {
    self.input = input
    self.baseline = baseline
    self.refinement = refinement
    self.cotangents = cotangents
    points = []
    samples = []
    statistic = .mean
    readsBaselineOutputs = true
  }

  /// The same for outputs computed in another precision.
  public func adapted(to precision: Precision) -> PathRequest {
    guard let refinement else { return self }
    return PathRequest(
      input: input, baseline: baseline, refinement: refinement.adapted(to: precision), cotangents: cotangents)
  }

  /// Points that a batch evaluates at once: all that are given, or a refinement's first round.
  public var batchPointCount: Int { refinement?.firstPoints.count ?? points.count }

  /// The paths to evaluate: one a sample, or the plain one.
  var paths: [PathRequest] {
    if samples.isEmpty { return [self] }
    return samples.map {
      PathRequest(
        input: PathEnd(input.sequence, zeroed: input.zeroed, noise: $0), baseline: baseline, points: points,
        cotangents: cotangents, readsBaselineOutputs: readsBaselineOutputs)
    }
  }
}

/// The answer to a `PathRequest`.
public struct PathResponse: Sendable {
  /// F(x') [C]; empty where nobody asked for it.
  public let baselineOutputs: [Float]
  /// F at each noisy input [C], one a sample of the request.
  public let sampleOutputs: [[Float]]
  /// Token scores, summed over the hidden dimension: one array a target.
  public let scores: [[Double]]
  /// Squares of the attribution, summed over the hidden dimension too: one array a target.
  public let squares: [[Double]]
  /// Points evaluated, of one path.
  public let pointCount: Int
  /// false where a refinement ended before it was content.
  public let converged: Bool

  public init(
    baselineOutputs: [Float], sampleOutputs: [[Float]] = [], scores: [[Double]], squares: [[Double]],
    pointCount: Int, converged: Bool = true
  ) {
    self.baselineOutputs = baselineOutputs
    self.sampleOutputs = sampleOutputs
    self.scores = scores
    self.squares = squares
    self.pointCount = pointCount
    self.converged = converged
  }
}
